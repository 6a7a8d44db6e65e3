import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openApiDocument } from './document.ts'

type Described = {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[]
  readonly responses: Readonly<Record<string, { readonly description?: string }>>
}

it('openapi.json is what the routes say (node scripts/openapi.ts writes it)', async () => {
  expect(JSON.parse(readFileSync('openapi.json', 'utf8'))).toEqual(await openApiDocument())
})

it('names every shape that it refers to', async () => {
  const document = JSON.stringify(await openApiDocument())
  const { components } = JSON.parse(document)
  const named = [...document.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(named))
})

it('says of every parameter what it is, of every route what it does and who may, and of every answer when it comes', async () => {
  const { paths } = JSON.parse(JSON.stringify(await openApiDocument()))
  const silent: string[] = []
  for (const [path, methods] of Object.entries<Record<string, Described>>(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const say = (what: string) => silent.push(`${method} ${path} ${what}`)
      if (!operation.summary) say('summary')
      if (!operation.description && !path.startsWith('/api/v1/session')) say('right')
      for (const { name, description } of operation.parameters ?? []) if (!description) say(name)
      for (const [status, { description }] of Object.entries(operation.responses)) {
        if (!description || description === 'Default Response') say(status)
      }
    }
  }
  expect(silent).toEqual([])
  const { security, description } = paths['/api/v1/audit'].get
  expect(security).toEqual([{ token: ['audit:read'] }, { session: ['audit:read'] }])
  expect(description).toBe('Needs the right `audit:read`: auditor, admin.')
})

it('holds no client to the fields of today: bodies are closed, answers are open', async () => {
  const { paths, components } = JSON.parse(JSON.stringify(await openApiDocument()))
  expect(JSON.stringify(components)).not.toContain('"additionalProperties":false')
  const { requestBody, responses } = paths['/api/v1/tokens'].post
  expect(JSON.stringify(requestBody)).toContain('"additionalProperties":false')
  expect(JSON.stringify(responses)).not.toContain('"additionalProperties":false')
})

it('the types of the page are what openapi.json says (node scripts/openapi.ts writes them)', () => {
  const generator = 'scripts/api-types/node_modules/openapi-typescript/bin/cli.js'
  const generated = execFileSync(process.execPath, [generator, 'openapi.json'], { encoding: 'utf8' })
  expect(readFileSync('src/control-room/api.d.ts', 'utf8')).toBe(generated)
})
