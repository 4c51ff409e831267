"""Box's generated Python SDK: box-sdk-gen 1, and boxsdk 10. Arguments: the emulator's URL, a folder with files."""

import hashlib
import io
import os
import sys

from box_sdk_gen import (
    BaseUrls, BoxAPIError, BoxClient, BoxDeveloperTokenAuth, CreateFolderParent, NetworkSession,
    UploadFileAttributes, UploadFileAttributesParentField, UploadFileVersionAttributes,
)

url, folder = sys.argv[1:]
urls = BaseUrls(base_url=url, upload_url=f'{url}/api', oauth_2_url=f'{url}/oauth2')
session = NetworkSession(base_urls=urls)
client = BoxClient(auth=BoxDeveloperTokenAuth(token='any'), network_session=session)


def read(name):
    with open(os.path.join(folder, name), 'rb') as file:
        return file.read()


def sha1(content):
    return hashlib.sha1(content).hexdigest()


def upload_small():
    parent = UploadFileAttributesParentField(id='0')
    attributes = UploadFileAttributes(name='small.txt', parent=parent)
    return client.uploads.upload_file(attributes, io.BytesIO(read('small.txt'))).entries[0]


assert client.users.get_user_me().id
print('user')

small = upload_small()
assert small.sha_1 == sha1(read('small.txt')), small.sha_1
print('small file')

try:
    upload_small()
    raise AssertionError('the name is taken')
except BoxAPIError as error:
    assert error.response_info.status_code == 409, error
    assert error.response_info.code == 'item_name_in_use', error
print('409')

attributes = UploadFileVersionAttributes(name='small.txt')
changed = client.uploads.upload_file_version(small.id, attributes, io.BytesIO(read('changed.txt')))
assert changed.entries[0].id == small.id and changed.entries[0].sha_1 == sha1(read('changed.txt'))
print('version of the small file')

docs = client.folders.create_folder('Docs', CreateFolderParent(id='0'))
content = read('large.bin')
large = client.chunked_uploads.upload_big_file(io.BytesIO(content), 'large.bin', len(content), docs.id)
assert large.sha_1 == sha1(content)
print('chunked file')

content = read('changed-large.bin')
if hasattr(client.chunked_uploads, 'upload_big_file_version'):
    uploaded = client.chunked_uploads.upload_big_file_version(large.id, io.BytesIO(content), len(content))
    assert uploaded.id == large.id and uploaded.sha_1 == sha1(content)
    print('chunked version')

started = client.chunked_uploads.create_file_upload_session(docs.id, len(content), 'never.bin')
client.chunked_uploads.delete_file_upload_session_by_id(started.id)
try:
    client.chunked_uploads.get_file_upload_session_by_id(started.id)
    raise AssertionError('the session is aborted')
except BoxAPIError as error:
    assert error.response_info.status_code in (404, 410), error
print('abort')

entries = client.folders.get_folder_items('0').entries
assert sorted(entry.name for entry in entries) == ['Docs', 'small.txt'], entries
assert [entry.id for entry in client.folders.get_folder_items(docs.id).entries] == [large.id]
print('list')

downloaded = client.downloads.download_file(small.id).read()
assert downloaded == read('changed.txt')
print('download')
