/**
 * How long the routes of water use hold on to a turn of the event loop, by the processor time of the main
 * thread, so that other programs on the machine do not count: in a process of its own, on the book and site
 * of that folder, without sockets. Prints the longest turn of each in ms.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waterReports } from '../../src/consumers/water-reports.ts'
import { waterUseReader } from '../../src/consumers/water-use.ts'
import { openIntervalBook } from '../../src/historian/interval-book.ts'
import { openApi } from '../../tests/support/api.ts'

const [folder = '', ...paths] = process.argv.slice(2)
const written = JSON.parse(readFileSync(join(folder, 'site.yaml'), 'utf8')) // JSON is YAML
const devices = written.devices.map((device: object) => ({ ...device, family: 'water-meter' }))
const site = { ...written, devices }
await using book = openIntervalBook({ file: join(folder, 'ledger.sqlite') })
const parts = { book, site }
await using api = await openApi({
  services: { waterUse: waterUseReader(parts), waterReports: waterReports(parts) },
})

const longest: Record<string, number> = {}
for (const path of paths) {
  let [isOver, longestUs, last] = [false, 0, process.threadCpuUsage()]
  const turn = () => {
    const now = process.threadCpuUsage()
    longestUs = Math.max(longestUs, now.user + now.system - last.user - last.system)
    last = now
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const { statusCode } = await api.as('energy', 'GET', `/${path}`)
  isOver = true
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`)
  const route = path.replace(/\?.*/, '')
  longest[route] = Math.max(longest[route] ?? 0, longestUs / 1_000)
}
process.stdout.write(JSON.stringify(longest))
