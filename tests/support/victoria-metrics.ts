/** Debian's VictoriaMetrics: it takes what an InfluxDB 2 takes, and is read back by its own export. */
import { type ServerProcess, startServer } from './server-process.ts'

type ExportedSeries = {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly number[]
  readonly timestamps: readonly number[]
}

export interface VictoriaMetrics extends ServerProcess {
  /** Every series whose name matches, with all that was written until now. */
  export(nameMatches: string): Promise<ExportedSeries[]>
}

export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const server = await startServer({
    name: 'victoria-metrics',
    ports: 1,
    // Without the long retention it takes rows older than a month and drops them without a word.
    prepare: (folder, [http]) => [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${http}`,
      '-retentionPeriod=100y',
    ],
    readyPath: '/health',
  })
  return {
    ...server,
    async export(nameMatches) {
      await fetch(`${server.url}/internal/force_flush`)
      const match = new URLSearchParams({ 'match[]': `{__name__=~"${nameMatches}"}` })
      const lines = (await (await fetch(`${server.url}/api/v1/export?${match}`)).text())
        .split('\n')
        .filter(Boolean)
      return lines.map((line) => JSON.parse(line))
    },
  }
}
