import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openApiDocument } from './document.ts'

it('openapi.json is what the routes say (node scripts/openapi.ts writes it)', async () => {
  expect(JSON.parse(readFileSync('openapi.json', 'utf8'))).toEqual(await openApiDocument())
})

it('names every shape that it refers to', async () => {
  const document = JSON.stringify(await openApiDocument())
  const { components } = JSON.parse(document)
  const named = [...document.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(named))
})

it('the types of the page are what openapi.json says (node scripts/openapi.ts writes them)', () => {
  const generator = 'scripts/api-types/node_modules/openapi-typescript/bin/cli.js'
  const generated = execFileSync(process.execPath, [generator, 'openapi.json'], { encoding: 'utf8' })
  expect(readFileSync('src/control-room/api.d.ts', 'utf8')).toBe(generated)
})
