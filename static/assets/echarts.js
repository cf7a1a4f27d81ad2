// The part of ECharts that mognad draws with: the same bundle in the browser
// and, for SVG on the server, inside the program.
import { graphic, use } from "echarts/core";
import { RadarChart } from "echarts/charts";
import { RadarComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([RadarChart, RadarComponent, TooltipComponent, SVGRenderer]);

export { init } from "echarts/core";

// What is drawn beside the library's own charts.
export const shapes = {
  group: graphic.Group, arc: graphic.Arc, circle: graphic.Circle, line: graphic.Line, polygon: graphic.Polygon,
  polyline: graphic.Polyline, sector: graphic.Sector, text: graphic.Text,
};
