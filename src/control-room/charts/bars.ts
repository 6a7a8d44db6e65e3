/** What all charts of bars have in common: axes in the quiet colour, a hover in the colours of the page. */
import type { Ink } from './echart.tsx'

export function barsIn(ink: Ink) {
  const text = { color: ink.quiet, fontSize: 0.6875 * ink.rem }
  return {
    text,
    grid: { left: 4, right: 8, top: 1.5 * ink.rem, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      backgroundColor: ink.panel,
      borderColor: ink.strong,
      textStyle: { color: ink.ink, fontSize: 0.75 * ink.rem },
      axisPointer: { type: 'shadow', shadowStyle: { color: ink.line, opacity: 0.5 } },
    },
    steps: (names: readonly string[], show: (name: string) => string) => ({
      type: 'category',
      data: names,
      axisLine: { lineStyle: { color: ink.strong } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, formatter: show },
    }),
    heights: {
      type: 'value',
      min: 0,
      axisLabel: text,
      splitLine: { lineStyle: { color: ink.line } },
      splitNumber: 4,
    },
  } as const
}

/** ECharts tells which bars are under the pointer; all of them stand at one step. */
export const stepUnder = <Step>(
  hits: readonly { readonly dataIndex: number }[],
  steps: readonly Step[],
): Step | undefined => steps[hits[0]?.dataIndex ?? -1]
