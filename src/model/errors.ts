/**
 * Every error the gateway tells anyone, in one place: its code never changes with the
 * language, its title is in both. docs/errors.md is held to this list by a test.
 */
import { inWords, type Said } from './refusal.ts'

export const LANGUAGES = ['zh-CN', 'en'] as const

export type Language = (typeof LANGUAGES)[number]

export type Words = Readonly<Record<Language, string>>

type Catalogued = { readonly status?: number; readonly title: Words }

const entry = (en: string, zh: string, status?: number): Catalogued =>
  status === undefined ? { title: { en, 'zh-CN': zh } } : { status, title: { en, 'zh-CN': zh } }

/** `status` is the HTTP status where the error can reach an API client. */
export const ERRORS = {
  // Before the start
  'config-invalid': entry('The configuration is not valid', '配置无效'),
  'config-unreadable': entry('The configuration file cannot be read', '无法读取配置文件'),
  'port-taken': entry('The port is already in use', '端口已被占用'),
  'data-unwritable': entry('The data directory cannot be written', '数据目录不可写'),
  'data-locked': entry('Another gateway is running on this data directory', '该数据目录已有网关在运行'),
  'restore-unfinished': entry('A restore into the data directory was not finished', '数据目录的恢复尚未完成'),
  // The reading path
  'journal-full': entry(
    'The disk is nearly full; nothing more is acknowledged',
    '磁盘将满，已停止确认数据',
    503,
  ),
  'journal-clock': entry(
    'The clock stands before the last commit; nothing is acknowledged',
    '时钟早于最后一次提交，已停止确认数据',
    503,
  ),
  'journal-failed': entry('The journal cannot be written', '日志无法写入', 503),
  'journal-busy': entry('More is waiting for the journal than it holds', '等待写入日志的数据过多', 503),
  'historian-refused': entry('The history refuses us', '历史库拒绝访问', 503),
  'historian-busy': entry('The history did not answer in time', '历史库未及时响应', 503),
  'effects-fenced': entry('Another process has taken over the alarms', '告警处理已由其他进程接管'),
  // The gateway's own state, at /readyz and in the control room
  'operations-failed': entry(
    'Alarms and work orders wait: their database cannot be written',
    '告警与工单数据库无法写入，处理已暂停',
  ),
  'catching-up': entry('The gateway is catching up with what it has taken', '网关正在处理积压数据'),
  'disk-filling': entry('The disk is filling up; make room', '磁盘空间不足，请尽快清理'),
  'journal-spoilt': entry(
    'A page of the journal is spoilt; look at the disk',
    '日志文件有损坏的数据页，请检查磁盘',
  ),
  'history-failing': entry(
    'The history takes nothing; readings wait in the journal',
    '历史库暂不可写，数据保存在日志中',
  ),
  'ledger-failing': entry(
    'Water use is not worked out; readings wait in the journal',
    '用水量暂停计算，数据保存在日志中',
  ),
  'certificate-ends': entry(
    'The certificate of the embedded broker ends soon',
    '内置 MQTT 代理的证书即将到期',
  ),
  'mqtt-refused': entry(
    'The embedded broker refuses what a client sends',
    '内置 MQTT 代理拒绝了客户端的请求',
  ),
  'notify-failing': entry('A channel of notifications does not deliver', '通知通道无法送达'),
  // Backups and the journal's clock
  // Back-tests
  'backtest-busy': entry('Another back-test is running; wait for it', '另一项规则回测正在运行', 409),
  'backtest-failed': entry('The back-test ended without a result', '规则回测未得出结果', 503),
  'folder-not-empty': entry('The folder is not empty', '目标目录不为空'),
  'backup-failed': entry('The backup could not be made', '备份失败'),
  'backup-damaged': entry('The backup is incomplete or damaged', '备份不完整或已损坏'),
  'audit-broken': entry('The audit was changed', '审计记录已被改动'),
  'rebase-refused': entry(
    'The journal has no need to start again from the clock',
    '日志无需按当前时钟重新起算',
  ),
  // Rules
  'rules-refused': entry(
    'The rules are refused; those before stay in force',
    '规则未通过校验，仍按原规则运行',
    422,
  ),
  'rules-busy': entry('The rules could not be exchanged in time', '规则未能及时切换，请稍后重试', 503),
  'calendar-incomplete': entry('A working calendar has no data for the year', '工作日历缺少该年度数据'),
  // Dead letters
  'payload-too-large': entry('The payload is larger than allowed', '报文超过允许大小'),
  'payload-not-utf8': entry('The payload is not UTF-8', '报文不是 UTF-8 编码'),
  'payload-not-json': entry('The payload is not JSON', '报文不是 JSON'),
  'payload-too-deep': entry('The payload is nested too deeply', '报文嵌套过深'),
  'payload-shape': entry('The payload has not the shape that the profile reads', '报文结构与设备规格不符'),
  'forbidden-key': entry('The sample has a forbidden key', '数据含有禁止的键'),
  'no-known-point': entry('The sample has no known point', '数据没有已知测点'),
  'bad-point': entry('Some points cannot be read', '部分测点无法读取'),
  'bad-time': entry('The time cannot be read', '时间无法识别'),
  'implausible-time': entry('The time is too far from now', '时间与当前相差过大'),
  'birth-missing': entry(
    'The message leans on a birth certificate that was not heard',
    '报文所依据的上线声明（birth）尚未收到',
  ),
  'unknown-device': entry('The message is of no known device', '报文不属于任何已知设备'),
  // The API
  unauthenticated: entry('Sign in first', '请先登录', 401),
  'wrong-credentials': entry('User or password is wrong', '用户名或密码错误', 401),
  'too-many-attempts': entry('Too many failed attempts; wait', '失败次数过多，请稍候', 429),
  forbidden: entry('Your role does not allow this', '您的角色无权执行此操作', 403),
  'not-found': entry('There is no such thing', '没有找到', 404),
  'invalid-input': entry('The request is not valid', '请求无效', 422),
  'broken-request': entry('The request cannot be read', '无法读取请求', 400),
  'alarm-holds': entry('The condition of the alarm still holds', '告警条件仍然成立', 409),
  'never-shelved': entry('This alarm cannot be shelved', '该告警不允许搁置', 409),
  'quiet-too-long': entry(
    'Quiet must end in the future, and not too late',
    '静默的截止时间须在将来，且不得超过上限',
    422,
  ),
  'order-state': entry('The order cannot be moved there from its state', '工单当前状态不允许该操作', 409),
  'order-version': entry('The order has changed since', '工单已被他人修改', 409),
  'precondition-failed': entry(
    'The order is no longer as If-Match names it',
    '工单已不是 If-Match 所指的版本',
    412,
  ),
  'same-person': entry(
    'Verification and return visit are for another person than the repair',
    '验收人、回访人与维修人不能是同一人',
    409,
  ),
  'too-many-streams': entry('Too many live streams are open', '实时连接数过多', 503),
  internal: entry('Something went wrong inside', '内部错误', 500),
} as const satisfies Record<string, Catalogued>

export type ErrorCode = keyof typeof ERRORS

/** An error with a code of the catalogue; `message` is one clear English sentence for the log and the terminal. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError'
  readonly code: ErrorCode
  /** The sentence for any other language; undefined where only the English one exists. */
  readonly said: Said | undefined
  /** Plain data for an API client, e.g. `{ next: [...] }`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    sentence: string | Said,
    options?: { cause?: unknown; details?: Readonly<Record<string, unknown>> },
  ) {
    super(typeof sentence === 'string' ? sentence : inWords(sentence, 'en'), { cause: options?.cause })
    this.code = code
    this.said = typeof sentence === 'string' ? undefined : sentence
    this.details = options?.details ?? {}
  }
}
