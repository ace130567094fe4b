package transfer

// Plain is any system without a sendfile, or without one that is sound:
// everything is read into a buffer and written.
var Plain = &System{Name: "copy"}
