package kinfo

import "iter"

// Collect returns copies of all records of an iterator, which belong to the
// caller, or the error at which it ended.
//
// A record takes as much memory as its type however short its contents: 1392
// bytes for each [File].
func Collect[T any](records iter.Seq2[*T, error]) ([]T, error) {
	var list []T
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		list = append(list, *r)
		if r, ok := any(&list[len(list)-1]).(interface{ detach() }); ok { // which has lists
			r.detach()
		}
	}
	return list, nil
}
