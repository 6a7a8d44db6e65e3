/** Tables of water as people read them: a title for each column, and a word for what stands in it as a code. */
import type { Words } from './errors.ts'
import { MOST_TIERS } from './site.ts'
import type { BalanceState, QuotaState, UseQuality } from './water-use.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

const QUALITY: Readonly<Record<UseQuality, Words>> = {
  measured: words('measured', '实测'),
  interpolated: words('interpolated', '插值'),
  estimated: words('estimated', '估算'),
  missing: words('missing', '缺失'),
}

const STATE: Readonly<Record<QuotaState | BalanceState, Words>> = {
  unknown: words('too few days known', '暂不评估'),
  within: words('within the quota', '定额内'),
  near: words('near the quota', '接近定额'),
  above: words('above the quota', '超定额'),
  over: words('far above the quota', '严重超定额'),
  balanced: words('in balance', '平衡'),
  lost: words('water is lost', '有漏失'),
  surplus: words('more out than in', '出大于进'),
}

const SIDE: Readonly<Record<string, Words>> = {
  main: words('in', '进'),
  sub: words('out', '出'),
  unmetered: words('used without a meter', '未计量'),
  missing: words('not accounted for', '去向不明'),
}

const PER: Readonly<Record<string, Words>> = { head: words('head', '人'), m2: words('m²', '平方米') }

const TIERS = Object.fromEntries(
  Array.from({ length: MOST_TIERS }, (_, n) => [
    `tier${n + 1}M3`,
    words(`Used in tier ${n + 1} (m³)`, `超定额第${n + 1}档用水量（m³）`),
  ]),
)

/** By the name that the column has in JSON. */
export const WATER_COLUMN_WORDS: Readonly<Record<string, Words>> = {
  from: words('From', '起'),
  to: words('To (not in it)', '止（不含）'),
  id: words('Id', '编号'),
  name: words('Name', '名称'),
  volumeM3: words('Volume (m³)', '水量（m³）'),
  quality: words('Quality', '数据质量'),
  coverage: words('Measured share of the time (0 to 1)', '实测覆盖（0 至 1）'),
  missing: words('Intervals without a volume', '缺失间隔数'),
  yearM3: words('Quota of the year (m³)', '年度定额（m³）'),
  usedM3: words('Known use (m³)', '已知用水量（m³）'),
  daysPassed: words('Days passed', '已过天数'),
  daysKnown: words('Days judged', '评估天数'),
  allowedM3: words('Quota of the days judged (m³)', '评估天数对应定额（m³）'),
  share: words('Use ÷ quota of the days judged (1 = all of it)', '占进度（1 为用满）'),
  forecastM3: words('Forecast of the year (m³)', '全年预测（m³）'),
  state: words('State', '评估'),
  flowM3h: words('Least flow of an hour (m³/h)', '夜间最小小时流量（m³/h）'),
  usualM3h: words('Usual (m³/h)', '平常（m³/h）'),
  balance: words('Balance', '水平衡编号'),
  side: words('Side', '进出'),
  device: words('Meter id', '水表编号'),
  meter: words('Meter', '水表'),
  daysCompared: words('Days compared', '比较天数'),
  days: words('Days asked for', '查询天数'),
  missingShare: words('Share of the supply not accounted for (0 to 1)', '漏失率（0 至 1）'),
  year: words('Year', '年度'),
  ...TIERS,
  per: words('Quota by the', '定额按'),
  perUnitM3: words('Quota of a head or m² and year (m³)', '单位定额（m³/人或平方米·年）'),
  count: words('Heads or m², mean of the year by days', '人数或面积（按天加权年均）'),
  counts: words('Of which, by days', '其中（数量 × 天数）'),
  toleranceM3: words('Explained by errors of the meters (m³)', '水表误差可解释（m³）'),
}

/** By column, then by code. */
export const WATER_CODE_WORDS: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  quality: QUALITY,
  state: STATE,
  side: SIDE,
  per: PER,
}
