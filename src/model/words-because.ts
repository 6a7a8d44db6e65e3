/**
 * Why a verdict fell, by code: one line a code, figures in braces. A test holds every rule kind to having its
 * codes here.
 */
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
  'night-flow-above': words(
    'least flow of the night {flowM3h} m³/h, usually {usualM3h}, limit {limitM3h}',
    '夜间最小流量 {flowM3h} m³/h，通常 {usualM3h}，限值 {limitM3h}',
  ),
  'night-flow-usual': words(
    'least flow of the night {flowM3h} m³/h, within {limitM3h}',
    '夜间最小流量 {flowM3h} m³/h，未超过 {limitM3h}',
  ),
  'flow-far-above': words(
    '{flowM3h} m³/h for {forMs}, usually at most {usualM3h} at this hour, limit {limitM3h}',
    '流量 {flowM3h} m³/h 已持续 {forMs}，该时段通常不超过 {usualM3h}，限值 {limitM3h}',
  ),
  'flow-usual': words(
    'flow back to {flowM3h} m³/h, limit {limitM3h}',
    '流量恢复至 {flowM3h} m³/h，限值 {limitM3h}',
  ),
  'register-stands-still': words('register stands still for {forMs}', '读数已 {forMs} 无变化'),
  'register-moves': words('register moves again', '读数恢复变化'),
  'valve-closed': words('the valve was closed', '阀门已关闭'),
  'water-unaccounted': words(
    '{missingM3} of {supplyM3} m³ a day unaccounted for, {toleranceM3} allowed',
    '日供水 {supplyM3} m³ 中有 {missingM3} m³ 去向不明，允许 {toleranceM3}',
  ),
  'water-over-accounted': words(
    'sub meters say {missingM3} m³ a day more than the main, {toleranceM3} allowed',
    '分表合计比总表多 {missingM3} m³/日，允许 {toleranceM3}',
  ),
  'water-balanced': words(
    'main {supplyM3} m³ and subs {meteredM3} m³ a day agree',
    '总表 {supplyM3} m³ 与分表 {meteredM3} m³ 已平衡',
  ),
  'ran-backwards': words(
    '{backM3} m³ ran back within {forMs}, limit {limitM3}',
    '{forMs}内倒流 {backM3} m³，限值 {limitM3}',
  ),
  'back-flow-reported': words('the meter reports back-flow', '水表报告倒流'),
  'runs-forward': words('nothing runs back any more', '已无倒流'),
  'register-jumped': words(
    'register from {fromM3} to {toM3} m³ within {forMs}; {maxRateM3h} m³/h is the most',
    '读数在 {forMs}内由 {fromM3} 跳至 {toM3} m³，最大流量 {maxRateM3h} m³/h',
  ),
  'register-fell': words(
    'register fell from {fromM3} to {toM3} m³ within {forMs}',
    '读数在 {forMs}内由 {fromM3} 回退至 {toM3} m³',
  ),
  'register-goes-on': words('register goes on from {volumeM3} m³', '读数自 {volumeM3} m³ 起恢复连续'),
  'battery-voltage-low': words(
    'battery at {voltageV} V, below {belowV}',
    '电池电压 {voltageV} V，低于 {belowV} V',
  ),
  'battery-level-low': words(
    'battery at {percent} %, below {belowPercent}',
    '电量 {percent} %，低于 {belowPercent} %',
  ),
  'battery-reported-low': words('the device reports a low battery', '设备报告电量低'),
  'battery-fine': words('battery charged or changed', '电池已更换或电量恢复'),
  tampered: words('the meter reports: {points}', '水表报告：{points}'),
  'clock-ahead': words('clock ahead by {aheadMs}, {aboveMs} allowed', '设备时钟快 {aheadMs}，允许 {aboveMs}'),
  'clock-behind': words(
    'clock behind by {behindMs}, {aboveMs} allowed',
    '设备时钟慢 {behindMs}，允许 {aboveMs}',
  ),
  'clock-right': words('clock right again', '设备时钟已恢复正常'),
  'door-open-for': words('door open for {forMs}', '门已敞开 {forMs}'),
  'opened-without-grant': words(
    'opened without a grant in the last {releaseTimeMs}',
    '此前 {releaseTimeMs}内无授权开门',
  ),
  'door-closed': words('door closed', '门已关闭'),
  'door-unlocked': words('lock released: the door may stand open', '门锁已释放，允许敞开'),
  'visit-missed': words(
    'visit planned at {planned} not made within {missAfterMs}',
    '计划 {planned} 的巡更在 {missAfterMs}内未到',
  ),
  'visits-missed': words(
    '{missed} visits in a row not made within {missAfterMs}, the last planned at {planned}',
    '连续 {missed} 次巡更在 {missAfterMs}内未到，最近一次计划为 {planned}',
  ),
  'visited-again': words('visited again after {missed} missed', '漏巡 {missed} 次后已到点'),
  'parked-for': words('parked for {forMs} at {lat}, {lon}', '停车 {forMs}，位置 {lat}, {lon}'),
  'moved-off': words('moved off, {offM} m away', '已驶离，距停车点 {offM} 米'),
  'at-home': words('back in a home zone', '已回到指定停放区'),
  'may-stand': words('back where it may stand', '已回到允许停放的区域'),
  'left-zone': words('outside {zones}, at {lat}, {lon}', '已驶出 {zones}，位置 {lat}, {lon}'),
  'entered-zone': words('inside {zones}, at {lat}, {lon}', '已驶入 {zones}，位置 {lat}, {lon}'),
  'not-home-by': words('not home by {by}, last seen at {lat}, {lon}', '{by} 未归库，最后位置 {lat}, {lon}'),
  'home-again': words('home again', '已归库'),
  'driven-out-of-hours': words(
    'driven at {local}, outside working hours, at {lat}, {lon}',
    '{local} 非工作时间用车，位置 {lat}, {lon}',
  ),
  'stands-again': words('stands again for {restMs}', '已停驶 {restMs}'),
  'hours-began': words('working hours have begun', '已进入工作时间'),
  'drove-faster': words(
    '{peakKmh} km/h at most for {forMs}, {limitKmh} allowed',
    '超速 {forMs}，最高 {peakKmh} km/h，限速 {limitKmh} km/h',
  ),
  'slowed-down': words(
    'down to {speedKmh} km/h, {limitKmh} allowed',
    '降至 {speedKmh} km/h，限速 {limitKmh} km/h',
  ),
  'moved-without-ignition': words(
    'moved {movedM} m with the ignition off, to {lat}, {lon}',
    '熄火状态下移动 {movedM} 米，位置 {lat}, {lon}',
  ),
  'ignition-on': words('the ignition is on', '车辆已点火'),
  'set-down': words('stands for {restMs} at {lat}, {lon}', '已静止 {restMs}，位置 {lat}, {lon}'),
  'fuel-fell': words(
    '{droppedL} L less while standing, {levelL} L left',
    '停车时油量减少 {droppedL} L，剩余 {levelL} L',
  ),
  'fuel-back': words('back to {levelL} L', '油量恢复至 {levelL} L'),
  'drives-on': words('driven on', '车辆已继续行驶'),
  'power-lost-for': words('without the power of the vehicle for {forMs}', '外部电源断开 {forMs}'),
  'power-back': words('the power is back', '外部电源已恢复'),
  'fire-released': words('fire release is on: the door may stand open', '消防联动已释放，允许敞开'),
  'door-open-soon': words(
    'door open for {forMs}, too long in {preAlarmMs}',
    '门已敞开 {forMs}，{preAlarmMs} 后报警',
  ),
  'door-open-too-long': words(
    'door open for {forMs}: the alarm has taken over',
    '门已敞开 {forMs}，已转为报警',
  ),
  'lock-left-open': words('lock left released', '门锁处于常开状态'),
  'door-locked': words('locked again', '门已上锁'),
  'tamper-detected': words('somebody is at the device itself', '设备被拆动'),
  'tamper-over': words('the device is closed again', '设备防拆已恢复'),
  'denied-times': words('denied {times} times within {withinMs}', '{withinMs}内被拒 {times} 次'),
  'denied-credential': words(
    '{credential} denied {times} times within {withinMs}',
    '凭证 {credential} 在 {withinMs}内被拒 {times} 次',
  ),
  'denied-no-more': words('nobody denied for {quietMs}', '{quietMs}内无人被拒'),
  'duress-signalled': words('duress signalled', '收到胁迫信号'),
  'duress-signalled-by': words('duress signalled by {who}', '{who} 发出胁迫信号'),
  'duress-quiet': words('no further signal for {holdMs}', '{holdMs}内无新的胁迫信号'),
  'source-down': words('no link for {forMs}', '连接中断 {forMs}'),
  'source-up': words('linked again', '连接已恢复'),
  'expression-holds': words('{expression} holds: {values}', '{expression} 成立：{values}'),
  'expression-over': words('{expression} no longer holds: {values}', '{expression} 不再成立：{values}'),
  'compared-out': words(
    '{point} {value}, {other} {otherValue}: out of what it may be',
    '{point} {value}，{other} {otherValue}，超出允许差值',
  ),
  'compared-fine': words(
    '{point} {value}, {other} {otherValue}: fine again',
    '{point} {value}，{other} {otherValue}，已恢复正常',
  ),
  'not-said-for': words('{point} {what} not said for {forMs}', '{forMs}内未收到 {point} {what}'),
  'not-said-by': words('{point} {what} not said by {by}', '{by} 前未收到 {point} {what}'),
  'said-again': words('{point} said again', '已再次收到 {point}'),
  'said-too-often': words(
    '{point} {what}, {times} times within {withinMs}',
    '{point} {what} 在 {withinMs}内出现 {times} 次',
  ),
  'said-less': words('{point} only {times} times within {withinMs}', '{point} 在 {withinMs}内仅 {times} 次'),
  'visit-proven': words('visited at {visited}, told late', '{visited} 已到点，记录补传'),
  'visit-overdue': words(
    'visit planned at {planned} overdue by {lateMs}',
    '计划 {planned} 的巡更已迟到 {lateMs}',
  ),
  'visited-late': words('visited {lateByMs} late', '迟到 {lateByMs} 后已到点'),
  'visit-given-up': words('missed, {missAfterMs} after the plan', '超过计划 {missAfterMs}，已按漏检处理'),
  'visited-early': words(
    'visited {earlyByMs} before the plan of {planned}',
    '比计划 {planned} 提前 {earlyByMs} 到点',
  ),
  'visited-in-time': words('visited in time as well', '已在规定时间内到点'),
  'visit-window-over': words('the time of the visit is over', '该次巡更时段已过'),
  'round-lacks': words(
    'round of {started}: {made} of {visits} visited, without {missing}',
    '{started} 的巡更：{visits} 个点到了 {made} 个，缺 {missing}',
  ),
  'round-not-walked': words('round of {started} was not walked', '{started} 的巡更未执行'),
  'round-complete': words('a round is complete again', '已有完整的一轮巡更'),
  'round-proven': words('every visit was made, some told late', '补传记录证明各点均已到达'),
  'visited-before': words(
    '{first} was visited before {second}, planned after it',
    '{first} 先于 {second} 到达，与计划顺序相反',
  ),
  'round-over': words('the round is over', '该轮巡更已结束'),
  'walked-too-fast': words(
    'from {from} to {to} in {gapMs}; it takes {neededMs}',
    '从 {from} 到 {to} 仅用 {gapMs}，至少需要 {neededMs}',
  ),
  'pace-in-order': words('nothing too fast for {quietMs}', '{quietMs}内未再过快'),
  'tag-unknown': words('tag {tag} belongs to no guard', '标签 {tag} 不属于任何巡更员'),
  'tag-known': words('known tag {tag} read', '已读到登记标签 {tag}'),
  'tag-not-again': words('no unknown tag for {quietMs}', '{quietMs}内无未知标签'),
  'entered-twice': words(
    '{credential} entered by {gate}, inside since {since} and never out',
    '{credential} 经 {gate} 进入，自 {since} 起在内且未离开',
  ),
  'passback-over': words(
    'nobody entered twice for {quietMs}; {violations} in all',
    '{quietMs}内无重复进入，共 {violations} 次',
  ),
  'judged-anew': words('the rule starts anew', '规则已重新开始判断'),
  'out-of-schedule': words('outside the hours of the rule', '不在规则生效时段'),
  // Why a verification ended as it did
  'no-breach': words(
    'no breach for {verifyMs}, and {point} reads {value}',
    '{verifyMs}内未再触发，{point} 读数 {value}',
  ),
  'no-good-reading': words('no good reading within {verifyMs}', '{verifyMs}内没有有效读数'),
  'not-judged': words(
    'no rule judged the fault all through it: whether it is over has to be seen',
    '期间没有规则持续判定该故障，是否消除须由人确认',
  ),
  'judged-otherwise': words(
    'the rule has been changed since it found the fault: whether it is over has to be seen',
    '规则在发现该故障后已更改，是否消除须由人确认',
  ),
  'not-heard': words(
    'the device has fallen silent since: whether the fault is over has to be seen',
    '设备此后失去上报，故障是否消除须由人确认',
  ),
  'no-rule': words('no rule watches this fault', '没有规则监测该故障'),
  'too-few-sources': words(
    '{count} sources gave alarms: among fewer than {least} the ten most frequent give much however evenly they speak',
    '共有 {count} 个告警来源，少于 {least} 个时最频繁十项占比必然偏高，不作评价',
  ),
  'too-few-alarms': words(
    '{count} alarms: among fewer than {least} a single one decides',
    '共 {count} 条告警，少于 {least} 条时单条即左右占比，不作评价',
  ),
  'awaits-dispatch': words('to be dispatched', '待派单'),
  'awaits-acceptance': words('dispatched, to be accepted', '已派单，待接单'),
  'awaits-repair': words('accepted, to be repaired', '已接单，待修复'),
  'awaits-resumption': words('on hold, to be resumed', '已挂起，待恢复处理'),
  'awaits-readings': words(
    'the readings verify it, once the fault has stayed away for {verifyMs} and a good reading has come in that time',
    '由读数验收：{verifyMs}内故障未再出现且收到有效读数即通过',
  ),
  'awaits-clearing': words(
    'the fault is still active; the readings verify it once it has cleared',
    '故障尚未消除，消除后由读数验收',
  ),
  'awaits-person': words(
    'the readings do not verify it: somebody else than {user}, who called it done, has to',
    '读数不能验收，须由完工人 {user} 以外的人员验收',
  ),
  'awaits-yours': words(
    'you called it done, and the readings do not verify it: somebody else has to',
    '由您完工，读数不能验收，须由他人验收',
  ),
  'awaits-visit-or-closing': words('verified, to be visited or closed', '已验收，待回访或关闭'),
  'awaits-closing': words('visited, to be closed', '已回访，待关闭'),
}
