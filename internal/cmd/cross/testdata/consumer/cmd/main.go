package main

import (
	"fmt"

	"example.com/consumer"
)

func main() { fmt.Println(consumer.Facts()) }
