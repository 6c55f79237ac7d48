import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deviceName, isAppleTouch, isSameKey, keyBytes, offerFor } from '../../static/js/pwa/device.js';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1';
const IPAD = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15';
const ANDROID = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const EDGE = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';

const able = { isSecure: true, canPush: true, isApple: false, isInstalled: false, permission: 'default', isSubscribed: false };
const CASES = [
  [{}, 'ready'],
  [{ isSubscribed: true, permission: 'granted' }, 'subscribed'],
  [{ isSubscribed: true }, 'ready'],
  [{ permission: 'granted' }, 'ready'],
  [{ permission: 'denied' }, 'denied'],
  [{ permission: 'denied', isSubscribed: true }, 'denied'],
  [{ canPush: false }, 'unsupported'],
  [{ isSecure: false }, 'insecure'],
  [{ isSecure: false, isApple: true }, 'insecure'],
  [{ isApple: true, canPush: false }, 'install'],
  [{ isApple: true }, 'install'],
  [{ isApple: true, isInstalled: true }, 'ready'],
  [{ isApple: true, isInstalled: true, canPush: false }, 'unsupported'],
];

for (const [changes, offer] of CASES) {
  test(`with ${JSON.stringify(changes)} the offer is ${offer}`, () => {
    assert.equal(offerFor({ ...able, ...changes }), offer);
  });
}

test('an iPad is known though it says that it is a Mac', () => {
  assert.ok(isAppleTouch(IPHONE, 5));
  assert.ok(isAppleTouch(IPAD, 5));
  assert.ok(!isAppleTouch(IPAD, 0));
  assert.ok(!isAppleTouch(ANDROID, 5));
});

test('a device is named as its owner would', () => {
  const named = [IPHONE, ANDROID, FIREFOX, EDGE, 'curl'].map(deviceName);
  assert.deepEqual(named, ['Safari · iPhone', 'Chrome · Android', 'Firefox · Linux', 'Edge · Windows', '']);
});

test('another server key is told from the same one', () => {
  const key = 'BAAAAAAA-_8';
  assert.deepEqual([...keyBytes(key)], [4, 0, 0, 0, 0, 0, 251, 255]);
  assert.ok(isSameKey(keyBytes(key).buffer, key));
  assert.ok(!isSameKey(keyBytes('BAAAAAAA-_4').buffer, key));
  assert.ok(!isSameKey(null, key));
});
