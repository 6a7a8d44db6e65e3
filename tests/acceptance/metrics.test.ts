/**
 * docs/operations.md is held to /metrics: every figure of a running gateway is explained there, and none that
 * is gone.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'

const CONFIG = join(import.meta.dirname, '../support/site/every-source.yaml')
const INFLUX = {
  GATEHOUSE_HISTORIAN_KIND: 'influx',
  GATEHOUSE_HISTORIAN_INFLUX_URL: 'http://127.0.0.1:1',
  GATEHOUSE_HISTORIAN_INFLUX_VERSION: '1',
  GATEHOUSE_HISTORIAN_INFLUX_DATABASE: 'gatehouse',
}

async function figuresOf(environment: Readonly<Record<string, string>>): Promise<string> {
  await using gateway = await startGateway({ config: CONFIG, environment })
  return (await fetch(`${gateway.url}/metrics`)).text()
}

it('every metric is explained in the guide, and no metric that is gone', async () => {
  const told = [await figuresOf({}), await figuresOf(INFLUX)]
  const names = told.flatMap((text) =>
    [...text.matchAll(/^# TYPE (gatehouse_\w+) /gm)].map(([, name = '']) => name),
  )
  const explained = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(gatehouse_\w+)` \|/gm)]
  expect(explained.map(([, name = '']) => name).sort()).toEqual([...new Set(names)].sort())
  expect(told[0]).toMatch(/^gatehouse_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  expect(told[0]).toMatch(/^gatehouse_mqtt_received_total\{source="broker"\} 0$/m)
  expect(told[0]).toMatch(/^process_start_time_seconds \d+$/m)
})
