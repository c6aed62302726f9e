// jsforce's everyday work against ORG_URL with ACCESS_TOKEN. Prints JSON.
import { createRequire } from 'node:module'

const jsforce = createRequire(`${process.env.CLIENTS}/`)('jsforce')
const OBJECT = 'LeanData__BookIt_Meeting_Type__c'
const KEY = 'LeanData__Internal_Name__c'
const VALUES = {
  LeanData__Display_Name__c: 'Demo',
  LeanData__Duration_Minutes__c: 30,
  LeanData__Product__c: 'Forms',
  [KEY]: 'demo',
}

const connection = new jsforce.Connection({
  instanceUrl: process.env.ORG_URL,
  accessToken: process.env.ACCESS_TOKEN,
  version: '60.0',
})
const done = {}
done.identity = (await connection.identity()).username
const made = await connection.sobject('Account').create({ Name: 'Acme' })
await connection.sobject('Account').update({ Id: made.id, Name: 'Acme Corp' })
done.read = (await connection.sobject('Account').retrieve(made.id)).Name
done.upserted = (await connection.sobject(OBJECT).upsert(VALUES, KEY)).created
done.again = (await connection.sobject(OBJECT).upsert(VALUES, KEY)).created
done.found = await connection.sobject('Account').find({ Name: { $like: 'acm%' } }, 'Name').execute()
done.found = done.found.map((row) => row.Name)
let page = await connection.query('SELECT Id FROM Contact')
done.paged = page.records.length
while (!page.done) {
  page = await connection.queryMore(page.nextRecordsUrl)
  done.paged += page.records.length
}
const many = await connection.sobject('Account').create([{ Name: 'One' }, { Name: 'Two' }, {}])
done.collection = many.map((result) => result.success || result.errors[0].statusCode)
done.described = (await connection.sobject(OBJECT).describe()).custom
done.global = (await connection.describeGlobal()).sobjects.some((entry) => entry.name === OBJECT)
done.versions = (await connection.request('/services/data')).length
done.limits = 'DailyApiRequests' in (await connection.limits())
await connection.sobject('Account').destroy(made.id)
try {
  await connection.sobject('Account').retrieve(made.id)
} catch (error) {
  done.deleted = [error.errorCode, error.message]
}
try {
  await connection.query('SELECT Nope FROM Account')
} catch (error) {
  done.refused = error.errorCode
}
try {
  await connection.search('FIND {x}')
} catch (error) {
  done.search = error.errorCode
}
console.log(JSON.stringify(done))
