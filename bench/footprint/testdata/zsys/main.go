// Program zsys makes one call of package zsys.
package main

import (
	"os"

	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if _, err := zsys.Write(1, []byte("hello\n")); err != nil {
		os.Exit(1)
	}
}
