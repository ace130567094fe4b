package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// theme is the colors of a page.
type theme struct {
	name        string
	ground, ink color.Color
	lines       []color.Color
}

func themes() []theme {
	rgb := func(v uint32) color.Color { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }
	return []theme{
		{"light", rgb(0xffffff), rgb(0x1f2328), []color.Color{rgb(0xa3161d), rgb(0x0a58a8), rgb(0x1a7f37), rgb(0x9a6700), rgb(0x6639ba)}},
		{"dark", rgb(0x0d1117), rgb(0xe6edf3), []color.Color{rgb(0xff8f8f), rgb(0x79c0ff), rgb(0x7ee787), rgb(0xe3b341), rgb(0xd2a8ff)}},
	}
}

// paint gives all text and axes a color.
func (t theme) paint(p *plot.Plot) {
	p.BackgroundColor = t.ground
	p.Title.TextStyle.Color, p.Legend.TextStyle.Color = t.ink, t.ink
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.Title.Padding = vg.Points(6)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Label.TextStyle.Color, a.Tick.Color, a.Tick.Label.Color = t.ink, t.ink, t.ink, t.ink
	}
}

// grid has faint lines, across values alone.
func (t theme) grid(vertical bool) *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = t.ink, t.ink
	g.Vertical.Width, g.Horizontal.Width = 0, vg.Points(0.15)
	if vertical {
		g.Vertical.Width, g.Horizontal.Width = g.Horizontal.Width, 0
	}
	return g
}
