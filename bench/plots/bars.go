package main

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bar is one figure of a chart.
type bar struct {
	label string
	value float64
	own   bool // this module's
}

// bars draws horizontal bars from the top, with their values. Those of this module have
// a color of their own.
func bars(c draw.Canvas, t theme, title, unit string, list []bar) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = title, unit
	t.paint(p)
	p.Add(t.grid(true))
	names := make([]string, len(list))
	for i, b := range list {
		y := len(list) - 1 - i
		chart, err := plotter.NewBarChart(plotter.Values{b.value}, vg.Points(13))
		if err != nil {
			return err
		}
		chart.XMin, chart.Horizontal, chart.LineStyle.Width = float64(y), true, 0
		chart.Color = faint(t.lines[1])
		if b.own {
			chart.Color = t.lines[0]
		}
		p.Add(chart)
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: b.value, Y: float64(y)}}, Labels: []string{" " + short(b.value)}})
		if err != nil {
			return err
		}
		label.TextStyle[0].Color, label.TextStyle[0].YAlign = t.ink, text.YCenter
		p.Add(label)
		names[y] = b.label + " "
	}
	p.NominalY(names...)
	p.Y.Tick.Label.Color, p.Y.Color = t.ink, t.ink
	p.X.Min = 0
	p.X.Max *= 1.2 // room for the last value
	p.Draw(c)
	return nil
}

// chart is a part of a figure.
type chart struct {
	title, unit string
	bars        []bar
}

// charts are drawn side by side.
func charts(c draw.Canvas, t theme, list ...chart) error {
	tiles := draw.Tiles{Rows: 1, Cols: len(list), PadX: vg.Centimeter / 2}
	for i, chart := range list {
		if err := bars(tiles.At(c, i, 0), t, chart.title, chart.unit, chart.bars); err != nil {
			return err
		}
	}
	return nil
}

// measured is a bar that comes from a run.
type measured struct {
	label, name string
	own         bool
}

// take makes bars of what a run says of names.
func take(list []measured, value func(name string) (float64, error)) (all []bar, err error) {
	for _, m := range list {
		v, err := value(m.name)
		if err != nil {
			return nil, err
		}
		all = append(all, bar{m.label, v, m.own})
	}
	return all, nil
}

// short is a figure with three digits, or all before the point.
func short(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// faint is a color between it and the page.
func faint(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 150}
}
