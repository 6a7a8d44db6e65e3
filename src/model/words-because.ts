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
  'flow-without-pause': words(
    'water ran without a pause for {forMs}, now {flowM3h} m³/h',
    '连续用水 {forMs} 未间断，当前 {flowM3h} m³/h',
  ),
  'flow-paused': words('flow down to {flowM3h} m³/h', '流量降至 {flowM3h} m³/h'),
  'door-open-for': words('door open for {forMs}', '门已敞开 {forMs}'),
  'opened-without-grant': words(
    'opened without a grant in the last {releaseTimeMs}',
    '此前 {releaseTimeMs} 内无授权开门',
  ),
  'door-closed': words('door closed', '门已关闭'),
  'door-unlocked': words('lock released: the door may stand open', '门锁已释放，允许敞开'),
  'visit-missed': words(
    'visit planned at {planned} not made within {missAfterMs}',
    '计划 {planned} 的巡更在 {missAfterMs} 内未到',
  ),
  'visited-again': words('visited again after {missed} missed', '漏巡 {missed} 次后已到点'),
  'parked-for': words('parked for {forMs} at {lat}, {lon}', '停车 {forMs}，位置 {lat}, {lon}'),
  'moved-off': words('moved off, {offM} m away', '已驶离，距停车点 {offM} 米'),
  'at-home': words('back in a home zone', '已回到指定停放区'),
  'judged-anew': words('the rule starts anew', '规则已重新开始判断'),
  // Why a verification ended as it did
  'no-breach': words(
    'no breach for {verifyMs}, and {point} reads {value}',
    '{verifyMs} 内未再触发，{point} 读数 {value}',
  ),
  'no-good-reading': words('no good reading within {verifyMs}', '{verifyMs} 内没有有效读数'),
  'no-rule': words('no rule watches this fault', '没有规则监测该故障'),
}
