/** Debian's InfluxDB 1.6.7. It has no /api/v2: writes go to /write, reads are InfluxQL. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerProcess, startServer } from './server-process.ts'

export interface Influxd extends ServerProcess {
  /** The database that was made for the test. */
  readonly database: string
  /** Sends InfluxQL as an administrator would. */
  query(influxQl: string): Promise<unknown>
}

export async function startInfluxd(database = 'gatehouse', maxRowLimit = 0): Promise<Influxd> {
  const prepare = (folder: string, ports: readonly number[]) => prepared(folder, ports, maxRowLimit)
  const server = await startServer({ name: 'influxd', ports: 2, prepare, readyPath: '/ping' })
  const query = async (influxQl: string) => {
    const q = new URLSearchParams({ q: influxQl, db: database })
    return (await fetch(`${server.url}/query?${q}`, { method: 'POST' })).json()
  }
  await query(`CREATE DATABASE "${database}"`)
  return { ...server, database, query }
}

async function prepared(
  folder: string,
  [http, rpc]: readonly number[],
  maxRowLimit: number,
): Promise<string[]> {
  const path = join(folder, 'influxdb.conf')
  await writeFile(
    path,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  max-row-limit = ${maxRowLimit}
`,
  )
  return ['-config', path]
}
