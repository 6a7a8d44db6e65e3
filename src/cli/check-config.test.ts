import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkConfig } from './check-config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, content: object) => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(content))
  return file
}

async function checked(rule: object) {
  write('site.yaml', {
    ...{ id: 'campus', name: 'Campus', timeZone: 'Asia/Shanghai' },
    institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
    devices: [
      { id: 'meter-1', name: 'Main', profile: 'gatehouse/water-meter', place: { institution: 'library' } },
    ],
  })
  write('rules.yaml', { rules: [{ id: 'mine', severity: 'low', verifyMs: 60_000, ...rule }] })
  const config = write('gatehouse.yaml', { site: 'site.yaml', rules: 'rules.yaml' })
  const [out, err]: [string[], string[]] = [[], []]
  const code = await checkConfig.run(['--config', config], {
    ...{ environment: {}, until: new AbortController().signal },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  })
  return { code, out, err }
}

const sustained = (point: string) => ({ kind: 'sustained', options: { point, above: 8, forMs: 5_000 } })

it('says nothing of a rule that has somebody to judge', async () => {
  const { code, out, err } = await checked(sustained('flow'))
  expect({ code, err }).toEqual({ code: 0, err: [] })
  expect(out).toEqual([expect.stringContaining('1 devices of')])
})

it('warns of a rule that judges nobody, and takes it all the same', async () => {
  const { code, err } = await checked(sustained('flwo'))
  expect({ code, err }).toEqual({
    code: 0,
    err: ['Warning: rule mine judges nobody: of the 1 in its scope none has what it judges by: flwo'],
  })
})

it('refuses a scope that names what the site does not have, as a start does', async () => {
  const rule = { ...sustained('flow'), scope: { devices: ['meter-9'] } }
  await expect(checked(rule)).rejects.toThrow('rule mine: scope.devices: the site has no meter-9')
})
