"""Box's Python SDK 3. Arguments: the emulator's URL, a folder with files."""

import hashlib
import os
import sys

from boxsdk import Client, OAuth2
from boxsdk.config import API
from boxsdk.exception import BoxAPIException

url, folder = sys.argv[1:]
API.BASE_API_URL = f'{url}/2.0'
API.UPLOAD_URL = f'{url}/api/2.0'
API.OAUTH2_API_URL = f'{url}/oauth2'
client = Client(OAuth2(client_id='id', client_secret='secret', access_token='any'))


def path(name):
    return os.path.join(folder, name)


def sha1(name):
    with open(path(name), 'rb') as file:
        return hashlib.sha1(file.read()).hexdigest()


assert client.user().get().id
print('user')

small = client.folder('0').upload(path('small.txt'))
assert small.sha1 == sha1('small.txt')
print('small file')

try:
    client.folder('0').upload(path('small.txt'))
    raise AssertionError('the name is taken')
except BoxAPIException as error:
    assert (error.status, error.code) == (409, 'item_name_in_use'), error
print('409')

changed = small.update_contents(path('changed.txt'))
assert changed.id == small.id and changed.sha1 == sha1('changed.txt')
print('version of the small file')

docs = client.folder('0').create_subfolder('Docs')
large = docs.get_chunked_uploader(path('large.bin')).start()
assert large.sha1 == sha1('large.bin')
print('chunked file')

uploaded = client.file(large.id).get_chunked_uploader(path('changed-large.bin')).start()
assert uploaded.id == large.id and uploaded.sha1 == sha1('changed-large.bin')
print('chunked version')

session = docs.create_upload_session(os.path.getsize(path('large.bin')), 'never.bin')
assert session.abort()
try:
    session.get()
    raise AssertionError('the session is aborted')
except BoxAPIException as error:
    assert error.status in (404, 410), error
print('abort')

assert sorted(item.name for item in client.folder('0').get_items()) == ['Docs', 'small.txt']
assert [item.id for item in docs.get_items(use_marker=True)] == [large.id]
print('list')

with open(path('changed.txt'), 'rb') as file:
    assert small.content() == file.read()
print('download')
