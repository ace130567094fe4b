package main

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is lines over sizes: a column of a run, for each way.
type panel struct {
	title, x, y, column string
}

// line is a way's name in the run and in the legend, and its color.
type line struct {
	way, label string
	color      int
}

// panels are drawn side by side over the same range of values. The first has the legend.
func panels(c draw.Canvas, t theme, r *run, all []panel, lines []line) error {
	plots := make([]*plot.Plot, len(all))
	high := 0.0
	for i, what := range all {
		var err error
		if plots[i], err = what.plot(t, r, lines, i == 0); err != nil {
			return err
		}
		high = max(high, plots[i].Y.Max)
	}
	for _, p := range plots {
		p.Y.Min, p.Y.Max = 0, high*1.5 // room for the legend
	}
	tiles := draw.Tiles{Rows: 1, Cols: len(plots), PadX: vg.Centimeter}
	for i, row := range plot.Align([][]*plot.Plot{plots}, tiles, c)[0] {
		plots[i].Draw(row)
	}
	return nil
}

func (what panel) plot(t theme, r *run, lines []line, legend bool) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = what.title, what.x, what.y
	t.paint(p)
	p.Add(t.grid(false))
	p.X.Scale, p.X.Padding = plot.LogScale{}, vg.Points(6)
	// A browser may show wider letters than the library measured: the legend's text goes to the right, where there is room.
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs = true, true, vg.Centimeter/2
	var sizes []float64
	for _, l := range lines {
		points, err := r.points(l.way, what.column)
		if err != nil {
			return nil, err
		}
		if points == nil {
			continue
		}
		drawn, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		drawn.Color, drawn.Width = t.lines[l.color], vg.Points(1.6)
		dots.Color, dots.Shape = drawn.Color, draw.CircleGlyph{}
		p.Add(drawn, dots)
		if legend {
			p.Legend.Add(l.label, drawn, dots)
		}
		for _, xy := range points {
			sizes = append(sizes, xy.X)
		}
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks(sizes))
	return p, nil
}

// points are a way's figures over its sizes, or nil if the run kept none, but dashes.
func (r *run) points(way, column string) (plotter.XYs, error) {
	rows, err := r.where("way", way)
	if err != nil {
		return nil, err
	}
	x, err := r.column("bytes")
	if err != nil {
		return nil, err
	}
	y, err := r.column(column)
	if err != nil {
		return nil, err
	}
	if r.rows[rows[0]][y] == "-" {
		return nil, nil
	}
	points := make(plotter.XYs, len(rows))
	for i, row := range rows {
		if points[i].X, err = r.number(row, x); err != nil {
			return nil, err
		}
		if points[i].Y, err = r.number(row, y); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// ticks are the sizes that were measured, as far as their labels have room.
func ticks(sizes []float64) []plot.Tick {
	var list []plot.Tick
	slices.Sort(sizes)
	last := 0.0
	for _, v := range slices.Compact(sizes) {
		tick := plot.Tick{Value: v}
		if v >= 8*last {
			tick.Label, last = size(v), v
		}
		list = append(list, tick)
	}
	return list
}
