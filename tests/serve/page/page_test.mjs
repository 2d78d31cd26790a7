// The service's page in Chromium: what people do with it, in both languages, light and dark, on a narrow screen, and axe's findings.
//   node page_test.mjs FACESHOT SOURCE [FOLDER FOR SCREENSHOTS]
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { chromium } from 'playwright-core';

const [program, source, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const drawn = join(source, 'tests/detect/fixtures/drawn');
const folder = mkdtempSync(join(tmpdir(), 'faceshot-page-'));
let failures = 0;

/** The server's address, once it listens. */
function startServer(options = [], port = '0') {
  const server = spawn(program, ['serve', '--port', port, '--threads', '2', ...options],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, FACESHOT_MODEL: join(source, 'models/faceshot-nano.onnx') } });
  return new Promise((found, failed) => {
    let text = '';
    server.stderr.on('data', (piece) => {
      text += piece;
      const address = /"listening","detail":"([^"]*)"/.exec(text)?.[1];
      if (address) found({ server, address });
    });
    server.on('exit', () => failed(new Error(`the server ended: ${text}`)));
  });
}

async function test(name, body) {
  try {
    await body();
    console.log('ok  ', name);
  } catch (error) {
    ++failures;
    console.log('FAIL', name, '\n', error);
  }
}

async function checkAccess(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' ')}`), []);
  assert.ok(found.passes.length > 15);
}

async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: false });
}

/** Polls from here: the page's policy forbids evaluating Playwright's polling code in the page. */
async function until(page, condition, value) {
  const end = Date.now() + 30000;
  while (!(await page.evaluate(condition, value))) {
    assert.ok(Date.now() < end, `waited in vain for ${condition}; ${await page.textContent('#status')}`);
    await page.waitForTimeout(50);
  }
}

const facesListed = (page) => page.locator('#faces button').count();

async function upload(page, files) {
  await page.setInputFiles('#files', files);
  await until(page, (n) => document.querySelectorAll('#photographs li').length >= n, files.length);
  await until(page, () => /done|已完成/.test(document.querySelector('#status').textContent));
  await until(page, () => document.querySelectorAll('#faces button').length > 0);
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

async function newPage(browser, address, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  // The page reports a picture that the browser cannot show, or a refusal; the browser's own message about it is not an error.
  page.on('console', (message) => message.type() === 'error' && !/status of|WebSocket/.test(message.text()) && page.complaints.push(message.text()));
  page.on('request', (request) => /^(https?|wss?):/.test(request.url()) && !request.url().startsWith(address) && !request.url().startsWith(address.replace('http', 'ws')) &&
    page.complaints.push(`asks ${request.url()}`));
  await page.goto(address);
  await until(page, () => document.querySelector('#model').textContent !== '');
  return page;
}

async function detectAndFilter(browser, address) {
  const page = await newPage(browser, address);
  await checkAccess(page, 'empty');
  await shoot(page, 'empty');
  await upload(page, [join(drawn, 'two.jpg'), join(drawn, 'four.jpg')]);
  assert.equal(await page.locator('#photographs li').count(), 2);
  const before = await facesListed(page);
  assert.ok(before >= 2);
  // The slider filters without a new request.
  let requests = 0;
  page.on('request', () => ++requests);
  const setSlider = (value) => page.locator('#threshold').evaluate((node, v) => { node.value = v; node.dispatchEvent(new Event('input', { bubbles: true })); }, value);
  await setSlider('0.05');
  const most = await facesListed(page);
  await setSlider('0.99');
  assert.equal(await facesListed(page), 0);
  assert.match(await page.textContent('#count'), /below the minimum score/);
  await setSlider('0.5');
  assert.ok(most >= before && await facesListed(page) === before && requests === 0);
  // By keyboard: the slider, a face, zoom.
  await page.focus('#threshold');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.textContent('#threshold-value'), '0.51');
  await page.focus('#faces button');
  await page.keyboard.press('Enter');
  assert.equal(await page.getAttribute('#faces button', 'aria-pressed'), 'true');
  await page.focus('#stage');
  const pixels = () => page.locator('#picture').evaluate((canvas) => canvas.toDataURL().length);
  const whole = await pixels();
  for (const key of ['+', '+', 'ArrowRight']) await page.keyboard.press(key);
  assert.notEqual(await pixels(), whole);
  await page.keyboard.press('0');
  assert.match(await page.getAttribute('#picture', 'aria-label'), /four\.jpg: 4 faces/);
  await checkAccess(page, 'with faces');
  await shoot(page, 'faces');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

/** When zooming with the wheel, the point under the pointer stays there. */
async function zoom(browser, address) {
  const page = await newPage(browser, address);
  await upload(page, [join(drawn, 'four.jpg')]);
  const { width, height, faces } = JSON.parse((await saved(page, '#download-json')).content);
  const stage = await page.locator('#stage').boundingBox();
  const scale = Math.min(stage.width / width, stage.height / height);
  for (const [i, face] of faces.entries()) {
    await page.mouse.move(stage.x + stage.width / 2 + ((face.x1 + face.x2) / 2 - width / 2) * scale,
      stage.y + stage.height / 2 + ((face.y1 + face.y2) / 2 - height / 2) * scale);
    for (let turn = 0; turn < 5; ++turn) await page.mouse.wheel(0, -200);
    await until(page, () => document.querySelector('#stage').classList.contains('zoomed'));
    await page.mouse.down();
    await page.mouse.up();
    assert.deepEqual(await page.locator('#faces button').evaluateAll((rows) => rows.map((row) => row.ariaPressed)),
      faces.map((_, other) => String(other === i)));
    assert.equal(await page.locator('#stage').evaluate((node) => getComputedStyle(node).touchAction), 'none');
    await page.click('#zoom-fit');
  }
  // One finger scrolls the page until there is something to move.
  assert.equal(await page.locator('#stage').evaluate((node) => getComputedStyle(node).touchAction), 'pan-y');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

const rowText = (page, n) => page.locator('#photographs li').nth(n).textContent();

/** A cleared list starts again; an unreadable file is reported in the reader's language, and so is a damaged one; TIFF is shown. */
async function list(browser, address) {
  const page = await newPage(browser, address);
  await upload(page, [join(drawn, 'two.jpg'), join(drawn, 'four.jpg')]);
  await page.click('#clear');
  assert.equal(await page.locator('#photographs li').count(), 0);
  assert.equal(await page.textContent('#status'), '');
  const cut = join(folder, 'cut.jpg'), tiff = join(folder, 'two.tiff'), none = join(folder, 'none.png'), huge = join(folder, 'huge.jpg');
  const whole = readFileSync(join(drawn, 'two.jpg'));
  writeFileSync(cut, whole.subarray(0, whole.length * 0.9));
  writeFileSync(none, 'no photograph');
  writeFileSync(huge, Buffer.concat([whole, Buffer.alloc(20e6)]));
  execFileSync('ffmpeg', ['-v', 'error', '-i', join(drawn, 'two.jpg'), tiff]);
  await page.setInputFiles('#files', [cut, huge, none, tiff]);
  await until(page, () => document.querySelector('#status').textContent === '2 photographs done, 2 failed');
  assert.equal(await page.locator('#photographs li').count(), 4);
  assert.match(await rowText(page, 0), /2 faces; the file is damaged/);
  assert.match(await rowText(page, 1), /larger than 20 MB/);
  assert.match(await rowText(page, 2), /not a photograph that the server reads/);
  assert.match(await rowText(page, 3), /2 faces$/);
  await page.locator('#photographs button').nth(3).click();
  await until(page, () => document.querySelectorAll('#faces button').length === 2);
  await until(page, () => [...document.querySelectorAll('#photographs canvas')].filter((canvas) => canvas.width === 112).length === 2);
  const all = await saved(page, '#download-all');
  assert.equal(all.name, 'faces.json');
  assert.deepEqual(JSON.parse(all.content).map(({ file, faces }) => [file, faces.length]), [['cut.jpg', 2], ['two.tiff', 2]]);
  await shoot(page, 'list');
  await page.selectOption('#language', 'zh');
  assert.equal(await page.textContent('#status'), '已完成 2 张照片，2 张失败');
  assert.match(await rowText(page, 0), /文件已损坏/);
  assert.match(await rowText(page, 2), /这不是服务器能读取的照片/);
  await checkAccess(page, 'list, Chinese');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

/** Pages work even if the browser stores nothing for them. */
async function nothingKept(browser, address) {
  const context = await browser.newContext({ locale: 'en' });
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
  });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address);
  await until(page, () => document.querySelector('#model').textContent !== '');
  await page.selectOption('#theme', 'dark');
  await page.selectOption('#language', 'zh');
  await upload(page, [join(drawn, 'two.jpg')]);
  assert.deepEqual(complaints, []);
  await context.close();
}

async function downloads(browser, address) {
  const page = await newPage(browser, address);
  await upload(page, [join(drawn, 'two.jpg')]);
  const json = await saved(page, '#download-json');
  assert.equal(json.name, 'two.json');
  assert.equal(JSON.parse(json.content).faces.length, await facesListed(page));
  const boxes = await saved(page, '#download-boxes');
  assert.equal(boxes.name, 'two-boxes.jpg');
  await page.waitForSelector('#download-hidden:not(:disabled)');
  await page.selectOption('#style', 'solid');
  const hidden = await saved(page, '#download-hidden');
  for (const picture of [boxes, hidden]) assert.equal(picture.content.readUInt16BE(0), 0xffd8);
  const left = await (await fetch(`${address}/v1/detect`, { method: 'POST', body: hidden.content })).json();
  assert.deepEqual(left.faces, []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function folderPasteDrop(browser, address) {
  const page = await newPage(browser, address);
  const album = join(folder, 'album');
  mkdirSync(join(album, 'inner'), { recursive: true });
  cpSync(join(drawn, 'two.jpg'), join(album, 'a.jpg'));
  cpSync(join(drawn, 'three.jpg'), join(album, 'inner', 'b.jpg'));
  writeFileSync(join(album, 'notes.txt'), 'no photograph');
  writeFileSync(join(album, 'broken.png'), 'no photograph either');
  await page.setInputFiles('#folder', album);
  await until(page, () => /2 photographs done, 1 failed/.test(document.querySelector('#status').textContent));
  assert.equal(await page.locator('#photographs li').count(), 3);
  assert.equal(await page.locator('#photographs .problem').count(), 1);
  assert.deepEqual(await page.locator('#photographs .name').allTextContents(), ['album/a.jpg', 'album/broken.png', 'album/inner/b.jpg']);
  await page.locator('#photographs button').nth(1).click();
  await until(page, () => /not a photograph/.test(document.querySelector('#empty:not([hidden])').textContent));
  await page.locator('#photographs button').nth(0).click();
  await until(page, () => document.querySelectorAll('#faces button').length === 2);
  // Pasted and dropped files, as the browser hands them over.
  for (const kind of ['paste', 'drop']) {
    await page.evaluate(async ([bytes, what]) => {
      const file = new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], `${what}.jpg`, { type: 'image/jpeg' });
      const transfer = new DataTransfer();
      transfer.items.add(file);
      document.dispatchEvent(what === 'paste' ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })
        : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, [readFileSync(join(drawn, 'two.jpg')).toString('base64'), kind]);
    await until(page, (name) => [...document.querySelectorAll('#photographs .name')].some((node) => node.textContent === name), `${kind}.jpg`);
  }
  await until(page, () => /4 photographs done/.test(document.querySelector('#status').textContent));
  await checkAccess(page, 'with a problem');
  await shoot(page, 'folder');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function webcam(browser, address) {
  const page = await newPage(browser, address, { permissions: ['camera'] });
  await page.click('#camera');
  await until(page, () => /Camera: 2 faces/.test(document.querySelector('#status').textContent));
  const ids = async () => (await page.locator('#faces button').allTextContents()).map((text) => Number(/No\. (\d+)/.exec(text)?.[1]));
  const first = await ids();
  await page.waitForTimeout(1500);
  assert.deepEqual(await ids(), first);
  assert.equal(first.length, 2);
  assert.equal(await page.getAttribute('#camera', 'aria-pressed'), 'true');
  await checkAccess(page, 'camera');
  await shoot(page, 'camera');
  await page.click('#camera');
  assert.equal(await page.getAttribute('#camera', 'aria-pressed'), 'false');
  assert.equal(await facesListed(page), 0);
  // If stopped before it has started, it stays stopped.
  await page.evaluate(() => { for (let i = 0; i < 2; ++i) document.querySelector('#camera').click(); });
  await page.waitForTimeout(1000);
  assert.equal(await page.getAttribute('#camera', 'aria-pressed'), 'false');
  assert.equal(await page.textContent('#status'), '');
  assert.equal(await facesListed(page), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function languagesAndColours(browser, address) {
  const chinese = await newPage(browser, address, { locale: 'zh-CN', colorScheme: 'dark' });
  assert.equal(await chinese.textContent('#choose'), '选择照片');
  assert.equal(await chinese.getAttribute('html', 'lang'), 'zh-Hans');
  await upload(chinese, [join(drawn, 'four.jpg')]);
  assert.match(await chinese.textContent('#count'), /张人脸/);
  await checkAccess(chinese, 'dark, Chinese');
  await shoot(chinese, 'chinese-dark');
  // No word of the other language is left.
  assert.doesNotMatch((await chinese.textContent('main')).replace('four.jpg', '').replaceAll('JSON', ''), /[A-Za-z]{4,}/);
  await chinese.selectOption('#language', 'en');
  assert.equal(await chinese.textContent('#choose'), 'Choose photographs');
  await chinese.selectOption('#theme', 'light');
  await checkAccess(chinese, 'light by choice');
  await chinese.context().close();
  const narrow = await newPage(browser, address, { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
  await upload(narrow, [join(drawn, 'three.jpg')]);
  // The chosen item is visible without scrolling.
  await until(narrow, () => { const { top, bottom } = document.querySelector('#stage').getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; });
  const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${width} pixels wide`);
  await checkAccess(narrow, 'narrow');
  await shoot(narrow, 'narrow');
  await narrow.evaluate(() => scrollTo(0, 0));
  await shoot(narrow, 'narrow-top');
  await narrow.context().close();
}

async function keyAndFailures(browser) {
  const key = '0123456789/+(%)=';  // characters that a WebSocket's header cannot contain as they are
  writeFileSync(join(folder, 'keys'), `me ${key}\n`);
  const { server, address } = await startServer(['--api-key-file', join(folder, 'keys')]);
  const context = await browser.newContext({ locale: 'en', permissions: ['camera'] });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector('#key-form:not([hidden])');
  await page.fill('#key', 'wrong');
  await page.keyboard.press('Enter');
  await until(page, () => /does not know this key/.test(document.querySelector('#status').textContent));
  await checkAccess(page, 'key');
  // Requests refused for lack of a key are sent again with it.
  await page.setInputFiles('#files', [join(drawn, 'two.jpg')]);
  await until(page, () => /asks for an API key/.test(document.querySelector('#photographs').textContent));
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#key-form', { state: 'hidden' });
  await until(page, () => document.querySelectorAll('#faces button').length === 2);
  await page.click('#camera');
  await until(page, () => /Camera: 2 faces/.test(document.querySelector('#status').textContent));
  await page.click('#camera');
  server.kill();
  await new Promise((ended) => server.on('exit', ended));
  await page.setInputFiles('#files', [join(drawn, 'three.jpg')]);
  await until(page, () => /does not answer\. Select it to try again/.test(document.querySelector('#photographs').textContent));
  const again = await startServer(['--api-key-file', join(folder, 'keys')], new URL(address).port);
  await page.locator('#photographs button').nth(1).click();
  await until(page, () => document.querySelectorAll('#faces button').length === 3);
  again.server.kill();
  await context.close();
}

async function openApi(address) {
  const document = await (await fetch(`${address}/openapi.json`)).json();
  const validator = new Validator();
  const result = await validator.validate(document);
  assert.ok(result.valid, JSON.stringify(result.errors));
  assert.equal(validator.version, '3.1');
  assert.equal((await validator.validate({ ...document, paths: 5 })).valid, false);
}

const film = join(folder, 'camera.y4m');
execFileSync('ffmpeg', ['-v', 'error', '-loop', '1', '-i', join(drawn, 'two.jpg'), '-t', '2', '-r', '10', '-vf', 'scale=640:480', '-pix_fmt', 'yuv420p', film]);
if (screenshots) mkdirSync(screenshots, { recursive: true });
const { server, address } = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`],
});
try {
  await test('photographs, slider, keyboard', () => detectAndFilter(browser, address));
  await test('zoom', () => zoom(browser, address));
  await test('the list, what cannot be read', () => list(browser, address));
  await test('nothing kept', () => nothingKept(browser, address));
  await test('downloads', () => downloads(browser, address));
  await test('folder, paste, drop', () => folderPasteDrop(browser, address));
  await test('camera', () => webcam(browser, address));
  await test('languages, colours, a phone', () => languagesAndColours(browser, address));
  await test('a key, a server that goes', () => keyAndFailures(browser));
  await test('the OpenAPI document is valid', () => openApi(address));
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);
