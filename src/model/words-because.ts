/** Why a verdict fell, by code: one line a code, figures in braces. A test holds every rule kind to having its codes here. */
import type { Words } from './errors.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

export const BECAUSE: Readonly<Record<string, Words>> = {
  'above-for': words(
    '{point} {value} above {above} for {forMs}',
    '{point} {value} 高于 {above} 持续 {forMs}',
  ),
  below: words('{point} {value}, below {clearBelow}', '{point} {value}，低于 {clearBelow}'),
  'never-heard': words('never heard, {forMs} after the start', '启动 {forMs} 后仍未上报'),
  'silent-for': words('nothing heard for {forMs}', '{forMs} 未上报'),
  'heard-again': words('heard again', '恢复上报'),
}
