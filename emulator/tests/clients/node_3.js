// Box's Node SDK 3. Arguments: the emulator's URL, a folder with files.
const assert = require('node:assert')
const crypto = require('node:crypto')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const BoxSDK = require('box-node-sdk')

const [url, folder] = process.argv.slice(2)
const sdk = new BoxSDK({
  clientID: 'id', clientSecret: 'secret', apiRootURL: url, uploadAPIRootURL: `${url}/api`,
  // Without TLS; by default, the SDK does nothing else.
  request: { agentClass: http.Agent },
})
const client = sdk.getBasicClient('any')
const read = name => fs.readFileSync(path.join(folder, name))
const sha1 = content => crypto.createHash('sha1').update(content).digest('hex')

async function main() {
  assert((await client.users.get('me')).id)
  console.log('user')

  const small = (await client.files.uploadFile('0', 'small.txt', read('small.txt'))).entries[0]
  assert.equal(small.sha1, sha1(read('small.txt')))
  console.log('small file')

  const taken = client.files.uploadFile('0', 'small.txt', read('small.txt'))
  await assert.rejects(taken, error => error.statusCode === 409 && error.response.body.code === 'item_name_in_use')
  console.log('409')

  const changed = (await client.files.uploadNewFileVersion(small.id, read('changed.txt'))).entries[0]
  assert.equal(changed.id, small.id)
  assert.equal(changed.sha1, sha1(read('changed.txt')))
  console.log('version of the small file')

  const docs = await client.folders.create('0', 'Docs')
  const content = read('large.bin')
  const uploader = await client.files.getChunkedUploader(docs.id, content.length, 'large.bin', content)
  const large = (await uploader.start()).entries[0]
  assert.equal(large.sha1, sha1(content))
  console.log('chunked file')

  const next = read('changed-large.bin')
  const again = await client.files.getNewVersionChunkedUploader(large.id, next.length, next)
  const uploaded = (await again.start()).entries[0]
  assert.equal(uploaded.id, large.id)
  assert.equal(uploaded.sha1, sha1(next))
  console.log('chunked version')

  const session = await client.files.createUploadSession(docs.id, next.length, 'never.bin')
  await client.files.abortUploadSession(session.id)
  const state = client.files.getUploadSession(session.id)
  await assert.rejects(state, error => [404, 410].includes(error.statusCode))
  console.log('abort')

  const names = async (id, query) => (await client.folders.getItems(id, query)).entries.map(item => item.name)
  assert.deepEqual((await names('0')).sort(), ['Docs', 'small.txt'])
  assert.deepEqual(await names(docs.id, { usemarker: true }), ['large.bin'])
  console.log('list')

  const stream = await client.files.getReadStream(small.id)
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  assert.deepEqual(Buffer.concat(chunks), read('changed.txt'))
  console.log('download')
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
