// The part of ECharts that mognad draws with: the same bundle in the browser
// and, for SVG on the server, inside the program.
import { use } from "echarts/core";
import { RadarChart } from "echarts/charts";
import { GraphicComponent, RadarComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([RadarChart, GraphicComponent, RadarComponent, TooltipComponent, SVGRenderer]);

export { init } from "echarts/core";
