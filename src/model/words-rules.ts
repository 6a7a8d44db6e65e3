/**
 * What people call a rule and its fault: by the id it was declared with, else by its fault, else by its kind,
 * else as declared.
 */
import type { Language, Words } from './errors.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

const RULE_WORDS: Readonly<Record<string, Words>> = {
  // Kinds
  sustained: words('limit exceeded', '持续超限'),
  silent: words('device silent', '设备失联'),
  'continuous-flow': words('continuous flow', '持续用水'),
  'night-flow': words('flow at night', '夜间用水'),
  burst: words('burst', '疑似爆管'),
  'stuck-meter': words('meter stands still', '水表停走'),
  balance: words('water unaccounted for', '水量不平衡'),
  'reverse-flow': words('reverse flow', '水表倒流'),
  'implausible-jump': words('implausible reading', '读数异常跳变'),
  'low-battery': words('battery low', '电池电量低'),
  tamper: words('meter tampered with', '水表被拆动'),
  'clock-skew': words('device clock wrong', '设备时钟偏差'),
  'meter-tamper': words('meter tampered with', '水表被拆动'),
  'door-held-open': words('door held open', '门未关闭'),
  'door-open-warning': words('door about to be open too long', '门即将超时未关'),
  'door-unlocked': words('door left unlocked', '门未上锁'),
  'door-tamper': words('tampering at a door', '门禁设备被拆动'),
  'anti-passback': words('passback', '重复进入（反潜回）'),
  'denied-burst': words('repeated denials', '多次刷卡被拒'),
  duress: words('duress', '胁迫报警'),
  'door-forced': words('door forced', '门被强行打开'),
  'late-checkpoint': words('checkpoint overdue', '巡更迟到'),
  'early-checkpoint': words('checkpoint too early', '巡更早到'),
  'round-incomplete': words('patrol round incomplete', '巡更未走完'),
  'patrol-order': words('patrol in the wrong order', '巡更顺序错误'),
  'patrol-pace': words('patrol too fast', '巡更过快'),
  'unknown-tag': words('unknown tag', '未知标签'),
  'missed-checkpoint': words('checkpoint missed', '巡更漏检'),
  'long-parking': words('parked too long', '停放超时'),
  'forbidden-parking': words('forbidden parking', '违规停放'),
  geofence: words('area left or entered', '越界'),
  'not-returned': words('not returned', '未按时归库'),
  'out-of-hours': words('used out of hours', '非工作时间用车'),
  speeding: words('speeding', '超速'),
  tow: words('moved without ignition', '熄火移动'),
  'fuel-drop': words('fuel lost', '油量异常减少'),
  'tracker-unplugged': words('tracker unplugged', '定位终端断电'),
  expression: words('condition met', '条件成立'),
  compare: words('values disagree', '数值比对异常'),
  absence: words('nothing came', '未收到预期数据'),
  count: words('too often', '次数过多'),
  'source-down': words('source not linked', '数据源断开'),
  // Faults that the campus and the documents declare
  'burst-pipe': words('burst pipe', '爆管'),
  'running-toilet': words('running toilet', '马桶长流水'),
  'meter-silent': words('meter silent', '水表失联'),
  'gate-silent': words('gate silent', '门禁失联'),
  'vehicle-silent': words('vehicle silent', '车辆失联'),
  'battery-low': words('battery low', '电池电量低'),
  'missed-patrol': words('patrol missed', '巡更漏检'),
  'late-patrol': words('patrol late', '巡更迟到'),
  'early-patrol': words('patrol early', '巡更早到'),
  'incomplete-round': words('patrol round incomplete', '巡更未走完'),
  'wrong-order': words('patrol in the wrong order', '巡更顺序错误'),
  'copied-tags': words('patrol too fast', '巡更过快'),
}

export function ruleName(
  { id, fault, kind }: { readonly id: string; readonly fault: string; readonly kind: string },
  language: Language,
): string {
  const found = RULE_WORDS[id] ?? RULE_WORDS[fault] ?? RULE_WORDS[kind]
  return found?.[language] ?? id
}

/** In both languages at once, for what is stored once and read in either; a fault of the user's own as declared. */
export function faultName(fault: string): string {
  const found = RULE_WORDS[fault]
  return found ? `${found['zh-CN']} ${found.en}` : fault
}
