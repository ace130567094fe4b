// Package tree holds tests of the source tree as a whole: what the library may
// import and contain, who may import whom, and that the documents are true.
package tree
