// mognadFigure completes a chart's option for the size it is drawn in. It runs
// in the browser and in the program that draws SVG on the server, so that both
// draw the same. option.mognad says what the chart is: its axes with long and
// short names, grouped, and whether it is one of several small ones.
function mognadFigure(option, width, height) {
  "use strict";
  const o = JSON.parse(JSON.stringify(option));
  const f = o.mognad;
  delete o.mognad;
  const small = f.small;
  const narrow = width < 480;
  // Room for the names outside the ring.
  const besides = small ? 10 : narrow ? 78 : 124, above = small ? 10 : narrow ? 40 : 56;
  const cx = width / 2, cy = height / 2;
  const radius = Math.max(40, Math.min(width / 2 - besides, height / 2 - above));
  const step = 360 / f.axes.length;
  o.radar.center = [cx, cy];
  o.radar.radius = radius;
  o.radar.startAngle = 90 - step / 2; // the first axis stands in the middle of its sector
  o.radar.clockwise = true;
  o.radar.axisName = { show: !small, color: "#14242a", fontSize: narrow ? 11.5 : 14, lineHeight: narrow ? 13 : 17 };
  o.radar.axisNameGap = small ? 0 : narrow ? 15 : 22;
  o.radar.indicator.forEach(function (axis, i) { axis.name = narrow ? f.axes[i].short : f.axes[i].label; });

  // The areas: an arc around their axes, and their name along it.
  const ring = radius + (small ? 5 : narrow ? 6 : 7);
  const drawn = [];
  let from = 0;
  f.groups.forEach(function (g) {
    const a = -90 + from * step + 2, b = -90 + (from + g.axes) * step - 2;
    drawn.push({ type: "arc", silent: true, shape: { cx: cx, cy: cy, r: ring, startAngle: a * Math.PI / 180, endAngle: b * Math.PI / 180 },
      style: { stroke: "#4a5a60", lineWidth: small ? 1.5 : 2.5, fill: "none" } });
    const middle = (a + b) / 2, below = middle > 0 && middle < 180;
    const at = radius - (small ? 8 : 10); // inside, where the names of the axes don't reach
    drawn.push({ type: "text", silent: true, x: cx + at * Math.cos(middle * Math.PI / 180), y: cy + at * Math.sin(middle * Math.PI / 180),
      rotation: -(below ? middle - 90 : middle + 90) * Math.PI / 180,
      style: { text: g.name, fill: "#4a5a60", stroke: "#ffffff", lineWidth: 3, fontSize: small ? 10.5 : narrow ? 10.5 : 12.5, fontFamily: o.textStyle.fontFamily, fontWeight: 600, align: "center", verticalAlign: "middle" } });
    from += g.axes;
  });
  // The scale, along the line between the last axis and the first.
  for (let level = 1; level <= 5 && !small; level++) {
    drawn.push({ type: "text", silent: true, x: cx, y: cy - radius * (level - 1) / 4,
      style: { text: String(level), fill: "#4a5a60", stroke: "#ffffff", lineWidth: 3, fontSize: narrow ? 10 : 12, fontFamily: o.textStyle.fontFamily, align: "center", verticalAlign: "middle" } });
  }
  o.graphic = { elements: drawn };
  return o;
}
