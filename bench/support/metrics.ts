/** What a running gateway tells of itself at /metrics and /readyz, and what the system tells of its process. */
import { readFileSync } from 'node:fs'

/** Figures by name and labels as they stand there, without the prefix: `consumer_lag_commits{consumer="history"}`. */
export async function metricsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(' ')
      return [line.slice(0, cut).replace(/^gatehouse_/, ''), Number(line.slice(cut + 1))]
    }),
  )
}

export const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )

/** Commits by which the slowest consumer, or the one named, is behind. */
export function lagIn(metrics: ReadonlyMap<string, number>, consumer = ''): number {
  const lags = [...metrics].filter(
    ([name]) => name.startsWith('consumer_lag_commits') && name.includes(consumer),
  )
  return Math.max(...lags.map(([, lag]) => lag))
}

const TICKS_A_SECOND = 100 // USER_HZ of Linux on every machine that Node runs on

/** Seconds of processor time since its start. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1_024
}
