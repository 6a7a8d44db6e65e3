import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from './index.ts'
import { profileCheck } from './profile-check.ts'

const ROOT = join(import.meta.dirname, '../..')
const GUIDE = readFileSync(join(ROOT, 'docs/adding-a-device.md'), 'utf8')
/** The profile and the example that the guide has people write. */
const BLOCKS = [...GUIDE.matchAll(/```yaml\n([^`]*)```/g)].map(([, block = '']) => block)
const [profile = '', example = ''] = ['model: ch-200', '- why: '].map((part) =>
  BLOCKS.find((block) => block.includes(part)),
)

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-profile-'))
  mkdirSync(join(folder, 'acme'))
  file = join(folder, 'acme/ch-200.yaml')
  writeFileSync(file, profile)
})
afterEach(() => rmSync(folder, { recursive: true }))

async function check(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runCommand([profileCheck], ['profile', 'check', ...args], {
    environment: {},
    until: new AbortController().signal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const message = (payload: unknown) => {
  const there = join(folder, 'message.json')
  writeFileSync(there, typeof payload === 'string' ? payload : JSON.stringify(payload))
  return there
}

describe('the examples of a profile in a folder of one’s own', () => {
  it('are run, and those of the shipped ones', async () => {
    writeFileSync(file.replace('.yaml', '.examples.yaml'), example)
    expect(await check(folder)).toEqual({ code: 0, out: 'acme/ch-200: its example is read as said', err: '' })
    expect((await check(file)).code).toBe(0)
    const shipped = await check(join(ROOT, 'device-profiles'))
    expect([shipped.code, shipped.out]).toEqual([0, expect.stringContaining('sparkplug/water-meter: its 8')])
  })

  it('say what is read otherwise', async () => {
    writeFileSync(file, profile.replace('scale: 0.001', 'scale: 0.01'))
    writeFileSync(file.replace('.yaml', '.examples.yaml'), example)
    const { code, err } = await check(file)
    expect(code).toBe(1)
    expect(err).toContain('acme/ch-200: litres become cubic metres: volume: expected 123.529, read 1235.29')
  })

  it('may be missing, which is a warning; a slip in either file has its line', async () => {
    const none = await check(folder)
    expect([none.code, none.err]).toEqual([
      0,
      expect.stringContaining('Warning: acme/ch-200 has no examples'),
    ])
    writeFileSync(file, profile.replace('codec: json', 'codec: jsn'))
    writeFileSync(file.replace('.yaml', '.examples.yaml'), 'because: x\n')
    const { code, err } = await check(folder)
    expect(code).toBe(1)
    expect(err).toMatch(/ch-200\.yaml:\d+: codec: /)
    expect(err).toMatch(/ch-200\.examples\.yaml:1: /)
  })
})

it('a profile of what only speaks when something happens is told how to say so', async () => {
  writeFileSync(file, profile.replace(/^(?:measures|reports)EveryMs: .*\n/gm, ''))
  const { code, err } = await check(file)
  expect(code).toBe(1)
  for (const key of ['measuresEveryMs', 'reportsEveryMs'])
    expect(err).toContain(`${key}: is missing: expected a number of milliseconds, or null`)
})

describe('a message at hand', () => {
  const PAYLOAD = { dev: '0042', ts: 1790812800, data: { cum: 123529, v: 0, temp: 7 } }

  it('shows what would be read of it, and what no point reads', async () => {
    const { code, out } = await check(file, '--payload', message(PAYLOAD))
    expect(code).toBe(0)
    expect(out).toContain('acme/ch-200, of a device whose address is 0042, on plant/acme')
    expect(out).toContain('measured 2026-10-01T00:00:00Z')
    expect(out).toContain('volume 123.529 m³')
    expect(out).toContain('no point reads data.temp')
  })

  it('is printed as an example that holds', async () => {
    const { out } = await check(file, '--payload', message(PAYLOAD))
    writeFileSync(file.replace('.yaml', '.examples.yaml'), out)
    expect(await check(file)).toMatchObject({ code: 0, err: '' })
  })

  it.each([
    ['says why nothing is read of it', { ...PAYLOAD, data: { cum: '123529' } }, 'expected a number'],
    [
      'says that a number is out of its range',
      { ...PAYLOAD, data: { cum: 9e12 } },
      '(bad, outside of 0 … 1000000)',
    ],
    ['is no JSON', 'cum=123529', 'bytes: Y3VtPTEyMzUyOQ=='],
  ])('%s', async (_what, payload, words) => {
    expect((await check(file, '--payload', message(payload))).out).toContain(words)
  })

  it('on a topic that the profile does not read is told which it reads', async () => {
    const { code, out } = await check(file, '--payload', message(PAYLOAD), '--topic', 'plant/other')
    expect([code, out]).toEqual([1, expect.stringContaining('#   the profile is for messages on plant/acme')])
  })

  it('is told of a point that is almost called like one of the family', async () => {
    writeFileSync(file, profile.replace('  volume:', '  volum:'))
    const { err } = await check(file, '--payload', message(PAYLOAD))
    expect(err).toContain('a water-meter has no volum of its own; did you mean volume?')
  })

  it.each([
    [
      'wmbusmeters/water-meter',
      'wmbusmeters/76348799',
      { total_m3: 1, timestamp: '2026-10-01T00:00:00Z' },
      '76348799',
    ],
    ['owntracks/vehicle', 'owntracks/fleet/car-1', { _type: 'lwt' }, 'fleet/car-1'],
    [
      'neuron/water-meter',
      undefined,
      { node: 'plc', group: 'g1', timestamp: 1790812800000, values: { volume: 1 } },
      'plc/g1',
    ],
    [
      'thingsboard/water-meter',
      undefined,
      { 'Meter 1': [{ ts: 1790812800000, values: { volume: 1 } }] },
      'Meter 1',
    ],
    [
      'chirpstack/water-meter',
      'application/1/device/24e1/event/up',
      { object: { volume: 1 }, time: '2026-10-01T00:00:00Z' },
      '24e1',
    ],
  ])('of %s is that of the address it names', async (name, topic, payload, address) => {
    const shipped = join(ROOT, 'device-profiles', `${name}.yaml`)
    const on = topic === undefined ? [] : ['--topic', topic]
    const { out } = await check(shipped, '--payload', message(payload), ...on)
    expect(out).toContain(`of a device whose address is ${address},`)
    expect(out).not.toContain('unknown-device')
  })

  it.each([
    ['figures in quotes', { ts: 1790812800, data: { cum: '123529' } }, 'the point says quoted: true'],
    ['milliseconds', { ts: 1790812800000, data: { cum: 1 } }, 'says format: epoch-milliseconds'],
  ])(
    'with %s that the profile does not expect is told with what the profile would say',
    async (_, said, remedy) => {
      const { code, out } = await check(file, '--payload', message({ dev: '0042', ...said }))
      expect([code, out]).toEqual([1, expect.stringContaining(remedy)])
    },
  )

  it('from a file that is not there is told of by the name of the file', async () => {
    const { err } = await check(file, '--payload', join(folder, 'lost.json'))
    expect(err).toContain(`The payload: Cannot read ${join(folder, 'lost.json')}: there is no such file`)
  })

  it('in the own format names the points that nobody knows', async () => {
    const shipped = join(ROOT, 'device-profiles/gatehouse/water-meter.yaml')
    const { code, out } = await check(
      shipped,
      '--payload',
      message([{ time: '2026-10-01T00:00:00Z', volum: 1 }]),
    )
    expect([code, out]).toEqual([1, expect.stringContaining('no point reads volum\n')])
  })

  it('of OPC UA is what a node says', async () => {
    const shipped = join(ROOT, 'device-profiles/gatehouse/water-meter-opcua.yaml')
    const said = { node: '.Volume', value: 12.5, statusCode: 0, sourceTimestamp: '2026-10-01T00:00:00Z' }
    expect((await check(shipped, '--payload', message(said))).out).toContain('volume 12.5 m³')
    const wrong = await check(shipped, '--payload', message({ value: 12.5 }))
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('{"node": ".Volume"')])
  })
})

it('a wrong call is answered by the usage, a file that is not there by its name', async () => {
  expect((await check()).code).toBe(2)
  expect((await check(folder, '--payload')).code).toBe(2)
  expect((await check(folder, '--topic', 'a')).code).toBe(2)
  const lost = await check(join(folder, 'acme/ch-300.yaml'))
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining('ch-300.yaml')])
})
