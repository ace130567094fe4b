// Package contract holds the tests of what Sendfile and Transfer promise, as a
// program sees it: through the public API, on this system's own kernel. The
// same promises are tested against models of other kernels in
// internal/transfer.
package contract
