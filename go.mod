module github.com/rawsys-go/rawsys

go 1.26.0
