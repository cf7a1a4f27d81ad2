// The part of ECharts that mognad draws with: the same bundle in the browser
// and, for SVG on the server, inside the program.
export { init, use } from "echarts/core";
import { use } from "echarts/core";
import { RadarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { RadarComponent, GridComponent, TooltipComponent, GraphicComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
use([RadarChart, CustomChart, LineChart, ScatterChart, RadarComponent, GridComponent, TooltipComponent, GraphicComponent, LegendComponent, MarkLineComponent, SVGRenderer]);
