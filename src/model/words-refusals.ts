/**
 * What exactly was refused, in both languages: one line a code, figures in braces. The title above it is the
 * error's own.
 */
import type { Words } from './errors.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

export const REFUSALS = {
  // Who asks
  'no-identity': words(
    'The request carries no valid token and no session.',
    '请求未携带有效的令牌或登录会话。',
  ),
  'right-missing': words('The role {role} does not include {right}.', '角色 {role} 没有 {right} 权限。'),
  'other-site': words(
    'A change by session must come from the page of this gateway.',
    '使用登录会话的修改操作只能由本网关的页面发起。',
  ),
  'not-own-order': words(
    'A contractor sees and moves the orders assigned to it.',
    '物业服务商只能查看和流转派给自己的工单。',
  ),
  'not-own-move': words(
    '{user} may not move work order {number} to “{to}”.',
    '{user} 无权将工单 #{number} 流转为“{to}”。',
  ),
  'token-without-password': words(
    'A token has no password; sign in as a user.',
    '令牌没有密码，请以用户身份登录。',
  ),
  'wrong-credentials': words('User or password is wrong', '用户名或密码错误'),
  'too-many-attempts': words(
    'Too many failed attempts; try again in {waitMs}.',
    '失败次数过多，请在 {waitMs}后重试。',
  ),
  // What there is not
  'no-route': words('The API has no {method} {path}.', 'API 没有 {method} {path}。'),
  'no-page': words('There is no {method} {path}.', '没有 {method} {path}。'),
  'nothing-there': words('Nothing is served under that address.', '该地址没有内容。'),
  'no-device': words('There is no device {device}.', '没有设备 {device}。'),
  'no-zone': words('There is no zone {zone}.', '没有区域 {zone}。'),
  'no-alarm': words('There is no alarm {alarm}.', '没有告警 {alarm}。'),
  'no-evidence': words('There is no evidence of an alarm {alarm}.', '没有告警 {alarm} 的判定依据。'),
  'no-order': words('There is no work order {order}.', '没有工单 {order}。'),
  'no-user': words('There is no user {user}.', '没有用户 {user}。'),
  'no-token': words('There is no token {token}.', '没有令牌 {token}。'),
  'no-notification': words(
    'There is no dead or dropped notification {notification}.',
    '没有发送失败或被丢弃的通知 {notification}。',
  ),
  'not-parked': words('The rule {rule} has not parked {subject}.', '规则 {rule} 没有停判 {subject}。'),
  'device-in-service': words('The device {id} is not out of service.', '设备 {id} 未处于停用检修状态。'),
  'zone-in-service': words('The zone {id} is not out of service.', '区域 {id} 未处于停用检修状态。'),
  // What was sent
  'not-json': words(
    'The body is not taken as it is: send content-type: application/json.',
    '不接受该格式的请求体，请以 content-type: application/json 发送。',
  ),
  'broken-json': words('The body is not valid JSON.', '请求体不是有效的 JSON。'),
  'body-too-large': words('The body is larger than {mostKiB} KiB.', '请求体超过 {mostKiB} KiB。'),
  'no-http': words('What was sent is not HTTP.', '收到的内容不是 HTTP 请求。'),
  'head-too-large': words(
    'The address and the headers together are longer than 16 KiB.',
    '请求地址与请求头合计超过 16 KiB。',
  ),
  'request-unfinished': words('The request did not come to its end in time.', '请求未在时限内发送完毕。'),
  'bad-address': words('The address cannot be decoded.', '请求地址无法解码。'),
  'strange-key': words('not known here', '没有此项'),
  'strange-key-meant': words('not known here; {hint}', '没有此项；{hint}'),
  'strange-key-known': words('not known here; known are {known}', '没有此项；可用 {known}'),
  'not-taken': words('The request is not taken as it is: {reason}', '请求无法受理：{reason}'),
  'not-an-instant': words(
    'not an instant of ISO 8601 with Z or an offset',
    '不是带 Z 或时差的 ISO 8601 时刻',
  ),
  'version-or-match': words('not the one of If-Match', '与 If-Match 不一致'),
  'until-or-for': words('either until or forMinutes', 'until 与 forMinutes 只能填一项'),
  'until-needed': words('needed, or forMinutes, or oneShot', '必填，或改填 forMinutes、oneShot'),
  'too-early': words('before `{from}`', '早于 {from}'),
  'not-later': words('not after `from`', '须晚于 from'),
  'too-many-days': words(
    'more than {days} days after `from`; ask for a shorter time',
    '与 from 相距超过 {days} 天，请缩短时段',
  ),
  'too-many-intervals': words(
    'more than {most} intervals after `from`; ask for a shorter time or a longer `step`',
    '自 from 起超过 {most} 个间隔，请缩短时段或加长 step',
  ),
  'too-many-alarms': words(
    'more than {most} alarms after `from`; ask for a shorter time',
    '自 from 起超过 {most} 条告警，请缩短时段',
  ),
  'off-boundary': words(
    'not where a {step} of the site begins; the nearest are {before} and {after}',
    '不在当地{step}的起点上，最近的起点为 {before} 和 {after}',
  ),
  'night-ends-first': words(
    'not after `fromHour`; a night lies within one day, such as 2 to 4 (a window across midnight is asked for in two)',
    '须晚于 fromHour。夜间窗口在同一天内，如 2 至 4 时；跨午夜的请分两次查询',
  ),
  'no-seat': words('there is no seat {seat}', '没有坐席 {seat}'),
  'other-cursor': words('not of this list', '不属于该列表'),
  'cursor-unknown': words('The cursor is not one of this list.', '游标不属于该列表。'),
  // Accounts
  'user-name': words('{name} cannot be a user’s name.', '{name} 不能用作用户名。'),
  'user-there': words('There is a user {user} already.', '已有用户 {user}。'),
  'last-admin': words(
    '{user} is the last admin; make another one first.',
    '{user} 是最后一名管理员，请先新建另一名。',
  ),
  'token-label': words('{name} cannot be a token’s label.', '{name} 不能用作令牌名称。'),
  'password-length': words('A password has {min} to {max} characters.', '密码须为 {min} 至 {max} 个字符。'),
  'password-is-name': words('A password is not the user name.', '密码不能与用户名相同。'),
  'password-is-old': words('The new password is the old one.', '新密码与旧密码相同。'),
  'contractor-needed': words(
    'The role contractor needs the name of a contractor.',
    '物业服务商角色须填写服务商名称。',
  ),
  'contractor-only': words(
    'Only the role contractor works for a contractor.',
    '只有物业服务商角色才能填写服务商名称。',
  ),
  'device-name': words('{name} is no name of a device.', '{name} 不能用作设备编号。'),
  'bridge-name': words('{name} is no name of a bridge.', '{name} 不能用作网桥名称。'),
  // Alarms and orders
  'alarm-holds': words('The condition of alarm {alarm} still holds.', '告警 {alarm} 的条件仍然成立。'),
  'rings-always': words('Alarms of this kind ring whatever is shelved.', '此类告警不受搁置影响，始终提醒。'),
  'quiet-latest': words(
    'It must end in the future, at {latest} at the latest.',
    '截止时间须在将来，且不晚于 {latest}。',
  ),
  'order-cannot': words(
    'Work order {number} cannot be moved to “{to}”: {moved}. {may}.',
    '工单 #{number} 不能流转为“{to}”：{moved}。{may}。',
  ),
  'order-changed': words(
    'Work order {number} has changed since you read it: {moved}. {may}.',
    '工单 #{number} 在您查看之后已有变动：{moved}。{may}。',
  ),
  'order-same-person': words(
    'Work order {number} was done by {user}: somebody else has to say “{to}”. {may}.',
    '工单 #{number} 由 {user} 完工，须由他人改为“{to}”。{may}。',
  ),
  'order-needs-assignee': words(
    'Work order {number} cannot be dispatched to nobody: name a contractor or a person.',
    '工单 #{number} 派单时须指定处理方（物业服务商或人员）。',
  ),
  'order-needs-reason': words(
    'Say why work order {number} is given back, or put on hold.',
    '退回或挂起工单 #{number} 须说明原因。',
  ),
  // Rules
  'rules-stopped': words('The rules do not run; the rules are as they were.', '规则未在运行，仍按原规则。'),
  'rules-behind': words(
    'The rules are busy with what came before; the rules are as they were.',
    '规则仍在处理此前的数据，仍按原规则。',
  ),
  'states-unwritten': words(
    'The states of the rules could not be written; the rules are as they were.',
    '规则状态未能写入，仍按原规则。',
  ),
  'release-unwritten': words(
    '{subject} is released, but that could not be written down.',
    '{subject} 已恢复判定，但未能写入记录。',
  ),
  // The gateway's own state
  'too-many-streams': words('No more live streams are taken; try again later.', '实时连接已满，请稍后重试。'),
  inside: words(
    "The gateway's log knows more under request {request}.",
    '详情见网关日志，请求编号 {request}。',
  ),
  'journal-refuses': words(
    'The journal takes nothing; senders keep what they have.',
    '日志暂不接收数据，发送方保留未确认的数据。',
  ),
  'consumer-behind': words(
    '{name} is {behind} commits behind the journal.',
    '{name} 落后日志 {behind} 次提交。',
  ),
  'disk-used': words(
    'The disk of the data directory is {percent} % used.',
    '数据目录所在磁盘已用 {percent}%。',
  ),
  'journal-spoilt': words(
    'What comes is written into a new file. Of the spoilt ones ({files}) all that can be read is read, and what cannot stands as a gap.',
    '新数据已写入新文件。损坏的文件（{files} 个）中可读的部分照常读取，不可读的部分记为缺口。',
  ),
  'certificate-ends': words(
    'It is valid until {day} (UTC); after that no device connects. A renewed one is taken within a minute.',
    '有效期至 {day}（UTC），到期后设备将无法连接。更新证书文件后一分钟内自动生效。',
  ),
  // What MQTT clients do that they may not
  'client-topic': words(
    '{name} published to {topic} and was refused, {times} times of late; it may publish to: {may}',
    '{name} 向 {topic} 发布消息被拒绝，近期共 {times} 次；允许发布的主题：{may}',
  ),
  'client-qos': words(
    '{name} published to {topic} with QoS 2 and was refused, {times} times of late; QoS 0 and 1 are taken.',
    '{name} 以 QoS 2 向 {topic} 发布消息被拒绝，近期共 {times} 次；仅接受 QoS 0 和 1。',
  ),
  'client-filter': words(
    '{name} subscribed to {topic} and was refused, {times} times of late; it may subscribe to: {may}',
    '{name} 订阅 {topic} 被拒绝，近期共 {times} 次；允许订阅的主题：{may}',
  ),
  'client-filters': words(
    '{name} subscribed to {topic} beside as many others as it may at a time, {times} times of late.',
    '{name} 订阅 {topic} 被拒绝：同时订阅的主题已达上限，近期共 {times} 次。',
  ),
  'more-clients': words(
    '{count} other MQTT clients were refused something of late.',
    '近期另有 {count} 个 MQTT 客户端的请求被拒绝。',
  ),
  'calendar-year': words(
    'The calendar {calendar} has no holidays of {year}; only its weekdays count.',
    '日历 {calendar} 没有 {year} 年的节假日，仅按星期计算。',
  ),
} as const satisfies Record<string, Words>

export type RefusalCode = keyof typeof REFUSALS
