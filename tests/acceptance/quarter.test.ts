/** What docs/water-use.md tells the energy office to type gives a quarter of thousands of institutions, as it says. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { campusConfig } from '../support/virtual-campus.ts'

const INSTITUTIONS = 5_010
const SUMMER = '2026-07-01T00:00:00.000+08:00,2026-10-01T00:00:00.000+08:00'
const NOW = Date.parse('2026-10-08T09:00:00+08:00')
const FROM = Date.parse('2026-09-10T00:00:00+08:00')
const TO = Date.parse('2026-10-01T00:00:00+08:00')
const QUARTER_HOUR_MS = 900_000

/** Meters with a reading each quarter of an hour, others that say nothing. */
async function quarter(dataDir: string) {
  const config = campusConfig(dataDir)
  const ids = Array.from({ length: INSTITUTIONS }, (_, n) => `school-${String(n).padStart(4, '0')}`)
  const institutions = ids.map((id, n) => ({
    id,
    name: `第${n + 1}小学`,
    type: 'school' as const,
    headCount: 100,
    areaM2: 1_000,
    ...(n < 2 && { quota: { yearM3: 365 } }),
  }))
  const devices = ids.map((institution, n) => ({
    id: `meter-${n}`,
    name: `meter ${n}`,
    family: 'water-meter' as const,
    profile: 'gatehouse/water-meter',
    place: { institution },
  }))
  const balances = [{ id: 'street', name: '一条街', main: ['meter-0'], subs: ['meter-1'] }]
  const site = { id: 'region', name: '全区', timeZone: 'Asia/Shanghai', institutions, devices, balances }
  return gatewayHere({ ...config, site: { ...config.site, ...site }, rules: [], seats: [] }, NOW)
}

/** The columns that a section of the document tells, in its order; several may share a row. */
const columnsOf = (text: string, heading: string) => {
  const [, section = ''] = new RegExp(`\\n## ${heading}\\n([\\s\\S]+?)(?=\\n## |$)`).exec(text) ?? []
  const cells = section.split('\n').flatMap((line) => /^\| (`[^|]+`) \|/.exec(line)?.[1] ?? [])
  return cells.flatMap((cell) => cell.replaceAll('`', '').split(', '))
}

it('a quarter of 5,010 institutions is five tables by the commands of the document', async () => {
  const dataDir = temporaryFolder('quarter')
  await using here = await quarter(dataDir)
  const { registry } = here.gateway.operations
  for (const [id, m3PerDay] of [
    ['meter-0', 1.2],
    ['meter-1', 0],
  ] as const) {
    const wire = await openWire(here.gateway.ports.mqtt, id, await registry.issueDeviceToken(id, 'test'))
    const samples = []
    for (let at = FROM; at <= TO; at += QUARTER_HOUR_MS)
      samples.push({ time: at, volume: 100 + ((at - FROM) / 86_400_000) * m3PerDay })
    await wire.publish(preparePublish(`gatehouse/${id}/readings`, JSON.stringify(samples)))
    wire.close()
  }
  await here.gateway.settled()
  await here.pass(10_000)

  const text = readFileSync('docs/water-use.md', 'utf8')
  const [, script = ''] = /```bash\n(AS=[\s\S]+?)```/.exec(text) ?? []
  const env = {
    PATH: process.env.PATH,
    TOKEN: await registry.createToken({ role: 'energy' }, 'test'),
    GATEWAY: `127.0.0.1:${here.gateway.ports.http}`,
  }
  const folder = temporaryFolder('tables')
  const type = (typed: string) => promisify(execFile)('bash', ['-euc', typed], { cwd: folder, env })
  await type(script)
  const table = (name: string) => readFileSync(join(folder, `${name}.csv`), 'utf8').split('\r\n')

  const months = table('quarter')
  expect(months[0]).toBe('\uFEFFfrom,to,id,name,volumeM3,quality,coverage')
  expect(months).toHaveLength(1 + 3 * INSTITUTIONS + 1)
  const september = months.filter((line) => line.startsWith('2026-09-01'))
  expect(september[0]).toMatch(/,school-0000,第1小学,25\.2,estimated,0\.7/)
  expect(september[1], 'a zero that was measured').toMatch(/,school-0001,第2小学,0,estimated,0\.7/)
  expect(september[2], 'nothing where nothing is known').toMatch(/,school-0002,第3小学,,missing,0$/)

  const sums = table('sums')
  expect(sums).toHaveLength(1 + INSTITUTIONS + 1)
  expect(sums[1]).toMatch(/^school-0000,第1小学,25\.2,missing,0\.2\d*,2,2026-07-01T\S+,2026-10-01T\S+$/)
  const quotas = table('quotas')
  expect(quotas[1]).toMatch(/^school-0000,第1小学,365,25\.2,280,21,21,1\.2,\d[\d.]*,over,2026$/)
  expect(quotas[2]).toMatch(/^school-0001,第2小学,365,0,280,21,21,0,0,within,2026$/)

  const meters = table('meters')
  expect(meters.find((line) => line.startsWith('meter-0,'))).toMatch(/,25\.2,missing,0\.2\d*,71,2026-07-01T/)
  expect(JSON.parse(readFileSync(join(folder, 'site.json'), 'utf8'))).toMatchObject({
    timeZone: 'Asia/Shanghai',
  })

  const nights = table('nights')
  expect(nights).toHaveLength(1 + 30 * INSTITUTIONS + 1)
  const last = nights.filter((line) => line.includes(',2026-09-30T02:00:00.000+08:00,'))
  expect(last[0]).toBe(
    'school-0000,第1小学,2026-09-30T02:00:00.000+08:00,2026-09-30T04:00:00.000+08:00,0.05,0.05',
  )
  expect(last[1], 'a night without any use').toMatch(/^school-0001,.+,0,0$/)
  expect(last[2], 'a night of which nothing is known').toMatch(/^school-0002,.+,,$/)

  const balances = table('balances')
  expect(balances.slice(1, 4)).toEqual([
    `street,一条街,main,meter-0,meter 0,25.2,21,92,,,,${SUMMER}`,
    `street,一条街,sub,meter-1,meter 1,0,21,92,,,,${SUMMER}`,
    `street,一条街,missing,,,25.2,21,92,2.1,lost,1,${SUMMER}`,
  ])

  const [, corrections = ''] = /```bash\n(\$ASK[\s\S]+?)```/.exec(text) ?? []
  await type(`${script.slice(0, script.indexOf('$ASK/'))}${corrections}`)
  const { subjects } = JSON.parse(readFileSync(join(folder, 'q3.json'), 'utf8'))
  expect(subjects[0]).toMatchObject({ id: 'school-0000', volumeM3: 25.2 })
  const again = join(folder, 'q3-new.json')
  expect(existsSync(again) ? readFileSync(again, 'utf8') : '', 'nothing has come that corrects it').toBe('')

  for (const [name, heading] of [
    ['quarter', 'What stands in it'],
    ['sums', 'What stands in it'],
    ['quotas', 'How a quota is judged'],
    ['nights', 'What runs at night'],
    ['balances', 'What is lost between meters'],
  ] as const) {
    const [header = ''] = table(name)
    const told = [...columnsOf(text, heading), ...(name === 'quotas' ? ['id', 'name'] : [])]
    expect(told, name).toEqual(expect.arrayContaining(header.replace('\uFEFF', '').split(',')))
  }
  for (const dir of [dataDir, folder]) rmSync(dir, { recursive: true, force: true })
})
