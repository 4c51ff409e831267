// Box's Node SDK 10. Arguments: the emulator's URL, a folder with files.
const assert = require('node:assert')
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { Readable } = require('node:stream')
const { BoxClient, BoxDeveloperTokenAuth } = require('box-node-sdk')
const { BaseUrls, NetworkSession } = require('box-node-sdk/networking')

const [url, folder] = process.argv.slice(2)
const baseUrls = new BaseUrls({ baseUrl: url, uploadUrl: `${url}/api`, oauth2Url: `${url}/oauth2` })
const client = new BoxClient({
  auth: new BoxDeveloperTokenAuth({ token: 'any' }),
  networkSession: new NetworkSession({ baseUrls }),
})
const read = name => fs.readFileSync(path.join(folder, name))
const stream = content => Readable.from([content])
const digest = content => crypto.createHash('sha1').update(content)
const sha1 = content => digest(content).digest('hex')

// The SDK has no method that does all of this for a version.
async function uploadVersion(fileId, content) {
  const uploads = client.chunkedUploads
  const session = await uploads.createFileUploadSessionForExistingFile(fileId, { fileSize: content.length })
  const parts = []
  for (let offset = 0; offset < content.length; offset += session.partSize) {
    const part = content.subarray(offset, offset + session.partSize)
    const headers = {
      digest: `sha=${digest(part).digest('base64')}`,
      contentRange: `bytes ${offset}-${offset + part.length - 1}/${content.length}`,
    }
    parts.push((await uploads.uploadFilePart(session.id, stream(part), headers)).part)
  }
  const listed = await uploads.getFileUploadSessionParts(session.id)
  assert.equal(listed.entries.length, parts.length)
  const headers = { digest: `sha=${digest(content).digest('base64')}` }
  return (await uploads.createFileUploadSessionCommit(session.id, { parts }, headers)).entries[0]
}

async function main() {
  assert((await client.users.getUserMe()).id)
  console.log('user')

  const uploadSmall = () => client.uploads.uploadFile({
    attributes: { name: 'small.txt', parent: { id: '0' } }, file: stream(read('small.txt')),
  })
  const small = (await uploadSmall()).entries[0]
  assert.equal(small.sha1, sha1(read('small.txt')))
  console.log('small file')

  // The SDK keeps the quotes around the code.
  const isTaken = ({ responseInfo: { statusCode, code } }) => statusCode === 409 && /^"?item_name_in_use"?$/.test(code)
  await assert.rejects(uploadSmall(), isTaken)
  console.log('409')

  const version = { attributes: { name: 'small.txt' }, file: stream(read('changed.txt')) }
  const changed = (await client.uploads.uploadFileVersion(small.id, version)).entries[0]
  assert.equal(changed.id, small.id)
  assert.equal(changed.sha1, sha1(read('changed.txt')))
  console.log('version of the small file')

  const docs = await client.folders.createFolder({ name: 'Docs', parent: { id: '0' } })
  const content = read('large.bin')
  const large = await client.chunkedUploads.uploadBigFile(stream(content), 'large.bin', content.length, docs.id)
  assert.equal(large.sha1, sha1(content))
  console.log('chunked file')

  const next = read('changed-large.bin')
  const uploaded = await uploadVersion(large.id, next)
  assert.equal(uploaded.id, large.id)
  assert.equal(uploaded.sha1, sha1(next))
  console.log('chunked version')

  const never = { folderId: docs.id, fileSize: next.length, fileName: 'never.bin' }
  const session = await client.chunkedUploads.createFileUploadSession(never)
  await client.chunkedUploads.deleteFileUploadSessionById(session.id)
  const state = client.chunkedUploads.getFileUploadSessionById(session.id)
  await assert.rejects(state, error => [404, 410].includes(error.responseInfo.statusCode))
  console.log('abort')

  const names = async (id, queryParams) =>
    (await client.folders.getFolderItems(id, { queryParams })).entries.map(item => item.name)
  assert.deepEqual((await names('0')).sort(), ['Docs', 'small.txt'])
  assert.deepEqual(await names(docs.id, { usemarker: true }), ['large.bin'])
  console.log('list')

  const chunks = []
  for await (const chunk of await client.downloads.downloadFile(small.id)) chunks.push(chunk)
  assert.deepEqual(Buffer.concat(chunks), read('changed.txt'))
  console.log('download')
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
