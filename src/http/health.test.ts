import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { said } from '../model/refusal.ts'
import { createHttp } from './server.ts'

it('the process is alive even while it is not ready, and says why it is not', async () => {
  await using api = await openApi()
  expect((await api.app.inject('/readyz')).json()).toEqual({ ready: true, because: [], warnings: [] })
  api.obstacles.push({ code: 'journal-clock', detail: 'The clock stands 6 min before the last commit.' })
  const ready = await api.app.inject('/readyz')
  expect([ready.statusCode, ready.json().because[0].code]).toEqual([503, 'journal-clock'])
  api.obstacles.pop()
  api.warnings.push({ code: 'disk-filling', detail: said('disk-used', { percent: 95 }) })
  const warning = { code: 'disk-filling', detail: 'The disk of the data directory is 95 % used.' }
  expect((await api.app.inject('/readyz')).json()).toEqual({ ready: true, because: [], warnings: [warning] })
  const { notices } = (
    await api.as('viewer', 'GET', '/summary', undefined, { 'accept-language': 'zh-CN' })
  ).json()
  expect(notices).toEqual([
    {
      code: 'disk-filling',
      title: '磁盘空间不足，请尽快清理',
      isUrgent: false,
      detail: '数据目录所在磁盘已用 95%。',
    },
  ])
  expect((await api.as('contractor', 'GET', '/summary')).json().notices).toBeUndefined()
  expect((await api.app.inject('/livez')).statusCode).toBe(200)
})

it('the figures of every room are in the text that Prometheus reads', async () => {
  await using api = await openApi({
    services: {
      figures: () => [
        { name: 'ingest_acked_total', help: 'Readings acknowledged', kind: 'counter', value: 12 },
        {
          name: 'dead_letter_total',
          help: 'By code',
          kind: 'counter',
          label: 'reason',
          values: { 'bad-time': 3 },
        },
      ],
    },
  })
  const { body, headers } = await api.app.inject('/metrics')
  expect(headers['content-type']).toContain('text/plain')
  expect(body).toContain('gatehouse_ingest_acked_total 12')
  expect(body).toContain('gatehouse_dead_letter_total{reason="bad-time"} 3')
  expect(body).toContain('gatehouse_live_clients 0')
  expect(body).toContain('nodejs_eventloop_lag')
  expect((await api.app.inject('/metrics')).body).toContain('gatehouse_ingest_acked_total 12')
})

it('the page is served with every address it knows, and loads nothing from elsewhere', async () => {
  const pageDirectory = mkdtempSync(join(tmpdir(), 'gatehouse-page-'))
  mkdirSync(join(pageDirectory, 'assets'))
  writeFileSync(join(pageDirectory, 'index.html'), '<title>Gatehouse</title>')
  writeFileSync(join(pageDirectory, 'assets/main-abc.js'), 'void 0')
  try {
    await using api = await openApi({ services: { pageDirectory } })
    const get = (url: string, accept = 'text/html') => api.app.inject({ url, headers: { accept } })
    for (const url of ['/', '/alarms/17?wall']) {
      const page = await get(url)
      expect([page.statusCode, page.body]).toEqual([200, '<title>Gatehouse</title>'])
      expect(page.headers['cache-control']).toBe('no-cache')
      expect(page.headers['content-security-policy']).toContain("default-src 'self'")
      expect(page.headers['content-security-policy']).not.toMatch(/https?:/)
    }
    expect((await get('/assets/main-abc.js', '*/*')).headers['cache-control']).toContain('immutable')
    expect((await get('/assets/gone.js', '*/*')).json().code).toBe('not-found')
    expect((await get('/api/v1/alarms')).statusCode).toBe(401)
  } finally {
    rmSync(pageDirectory, { recursive: true })
  }
})

it('the description of the API can be read and browsed without another host', async () => {
  await using api = await openApi()
  expect((await api.app.inject('/openapi.json')).json().openapi).toBe('3.1.0')
  const docs = await api.app.inject('/docs')
  expect(docs.statusCode).toBe(200)
  const scripts = [...docs.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
  expect(scripts.length).toBeGreaterThan(0)
  for (const link of scripts) {
    expect(link).not.toMatch(/^(?:https?:)?\/\//)
    expect((await api.app.inject(new URL(link, 'http://localhost/docs').pathname)).statusCode).toBe(200)
  }
})

it('a port that is taken is one clear sentence', async () => {
  await using api = await openApi()
  await using first = await createHttp(api.options, api.services)
  await first.listen()
  await using second = await createHttp({ ...api.options, port: first.port }, api.services)
  await expect(second.listen()).rejects.toMatchObject({
    code: 'port-taken',
    message: `The HTTP port is already in use: 127.0.0.1:${first.port}. Stop what listens there, or choose another port by GATEHOUSE_HTTP_PORT (0: any free one).`,
  })
})
