/** /metrics: the figures of every room in Prometheus' text format. Only this file knows how they are written. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Figure } from './services.ts'

export type Metrics = { readonly contentType: string; text(): Promise<string> }

export function createMetrics(figures: () => readonly Figure[]): Metrics {
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  return {
    contentType: ofProcess.contentType,
    async text() {
      const registry = new Registry()
      for (const figure of figures()) put(figure, registry)
      return `${await registry.metrics()}\n${await ofProcess.metrics()}`
    },
  }
}

function put(figure: Figure, registry: Registry): void {
  const labelNames = 'label' in figure ? [figure.label] : []
  const shape = { name: `gatehouse_${figure.name}`, help: figure.help, labelNames, registers: [registry] }
  const metric = figure.kind === 'counter' ? new Counter(shape) : new Gauge(shape)
  if (!('label' in figure)) metric.inc(figure.value)
  else for (const [name, value] of Object.entries(figure.values)) metric.inc({ [figure.label]: name }, value)
}
