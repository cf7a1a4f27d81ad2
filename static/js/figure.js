// mognadFigure completes a radar's option for the size it is drawn in. It runs
// in the browser and in the program that draws SVG on the server, so that both
// draw the same. option.mognad says what the chart is: its axes with long and
// short names and, where they are to be written, their levels; the groups they
// stand in; and whether it is one of several small ones.
function mognadFigure(option, width, height) {
  "use strict";
  const o = JSON.parse(JSON.stringify(option));
  const f = o.mognad;
  delete o.mognad;
  const small = f.small, narrow = !small && width < 480;
  const size = small ? Math.min(14, Math.max(11, width / 22)) : narrow ? 11.5 : 14;
  const areaSize = small ? size : narrow ? 10.5 : 12.5;
  const leading = size * 1.2;
  const lines = Math.max.apply(null, f.axes.map(function (a) { return (narrow ? a.short : a.label).split("\n").length + (a.level ? 1 : 0); }));
  // Room for the names outside the ring.
  const gap = small ? 4 : narrow ? 10 : 16;
  const besides = small ? size * 1.3 + 10 : narrow ? 84 : 122;
  const above = small ? besides : gap + lines * leading + 2;
  const cx = width / 2, cy = height / 2;
  const radius = Math.max(40, Math.min(cx - besides, cy - above));
  const step = 2 * Math.PI / f.axes.length;
  const first = -Math.PI / 2; // the first group begins straight above; its axes stand in the middle of their sectors
  o.radar.center = [cx, cy];
  o.radar.radius = radius;
  o.radar.startAngle = 90 - 180 / f.axes.length;
  o.radar.clockwise = true;
  o.radar.axisName = { show: false };
  o.radar.indicator.forEach(function (axis, i) { axis.name = f.axes[i].label.replace(/\n/g, " "); });
  o.series.forEach(function (s) {
    if (small || narrow) s.symbolSize *= small ? 0.6 : 0.75;
    if (small || narrow) s.lineStyle.width *= 0.8;
  });

  const drawn = [];
  function put(type, z, shape, style) { drawn.push({ type: type, z: z, silent: true, shape: shape, style: style }); }
  function write(text, x, y, style, turn) {
    drawn.push({ type: "text", z: 1, silent: true, x: x, y: y, rotation: turn || 0,
      style: Object.assign({ text: text, fontFamily: o.textStyle.fontFamily, align: "center", verticalAlign: "middle" }, style) });
  }

  // The areas: every other one tinted, an arc around each, and its name along the arc.
  const ring = radius + (small ? 4 : 6);
  let from = 0;
  f.groups.forEach(function (g, i) {
    const a = first + from * step, b = a + g.axes * step, open = f.groups.length > 1 ? 0.035 : 0, tint = i % 2 ? "#f3f5f2" : "#ffffff";
    from += g.axes;
    put("sector", -1, { cx: cx, cy: cy, r: radius, r0: 0, startAngle: a, endAngle: b }, { fill: tint, stroke: open ? "#aab6b5" : "none", lineWidth: 1 });
    put("arc", 0, { cx: cx, cy: cy, r: ring, startAngle: a + open, endAngle: b - open }, { stroke: "#14242a", lineWidth: small ? 1.5 : 2, fill: "none" });
    const middle = (a + b) / 2, below = Math.sin(middle) > 0.01;
    // Small ones have it outside; in large ones the names of the axes are there.
    const at = small ? ring + areaSize * 0.5 + 4 : radius - areaSize * 0.5 - 5;
    if (g.name.length * areaSize * 0.5 < (b - a) * at) {
      write(g.name, cx + at * Math.cos(middle), cy + at * Math.sin(middle),
        { fill: "#4a5a60", stroke: small ? "none" : tint, lineWidth: small ? 0 : 3, fontSize: areaSize, fontWeight: 600 }, (below ? Math.PI / 2 : -Math.PI / 2) - middle);
    }
  });
  // The scale, along the line between the last axis and the first.
  for (let level = 2; level <= 5; level++) {
    write(String(level), cx, cy - radius * (level - 1) / 4, { fill: "#4a5a60", stroke: "#ffffff", lineWidth: 3, fontSize: small ? size - 2 : narrow ? 10 : 12 });
  }
  // The axes' names: each begins at its axis' end and grows away from the ring.
  f.axes.forEach(function (axis, i) {
    if (small) return;
    const angle = first + (i + 0.5) * step, ux = Math.cos(angle), uy = Math.sin(angle);
    const longest = Math.floor((besides - gap) / size * 2.3);
    const rows = (narrow ? axis.short : axis.label).split("\n").map(function (row) { return row.length > longest ? row.slice(0, longest - 1) + "…" : row; });
    const tall = (rows.length + (axis.level ? 1 : 0)) * leading;
    const style = { align: Math.abs(ux) < 0.15 ? "center" : ux > 0 ? "left" : "right", fontSize: size };
    const x = cx + (radius + gap) * ux, top = cy + (radius + gap) * uy + uy * tall / 2 - tall / 2 + leading / 2;
    rows.forEach(function (row, k) { write(row, x, top + k * leading, Object.assign({ fill: "#14242a" }, style)); });
    if (axis.level) write(axis.level, x, top + rows.length * leading, Object.assign({ fill: "#0d4f5f", fontWeight: 650 }, style));
  });
  o.graphic = { elements: drawn };
  return o;
}
