/** Runs the tests of the page's pure modules inside a browser, on the console's own page. */

const SUITES = ['format', 'judge', 'model', 'order', 'series', 'window'];

/**
 * Run all tests.
 * @returns `{passed, failures: [{name, message}]}`
 */
export async function run() {
  const result = { passed: 0, failures: [] };
  for (const suite of SUITES) {
    const { tests } = await import(`./${suite}.tests.js`);
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test();
        result.passed++;
      }
      catch (error) {
        result.failures.push({ name: `${suite}: ${name}`, message: String(error?.message ?? error) });
      }
    }
  }
  return result;
}
