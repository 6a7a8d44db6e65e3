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
