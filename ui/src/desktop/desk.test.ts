import { expect, test } from "vitest";
import { FakeHost } from "../host/fake";
import { samples } from "../host/samples";
import { Desk } from "./desk.svelte";

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

test("a view that came as an event is not replaced by the first one, which is older", async () => {
  const [older, newer] = [samples.home("en"), samples.waiting("en")];
  const host = new FakeHost(older);
  let answer: (view: typeof older) => void = () => undefined;
  host.view = () => new Promise((resolve) => (answer = resolve));
  const desk = new Desk(host);
  const stop = desk.follow();
  host.show(newer);
  answer(older);
  await settled();
  expect(desk.view).toBe(newer);
  stop();
  host.show(older);
  expect(desk.view).toBe(newer);
});

test("a program that does not answer is a failure, not silence", async () => {
  const host = new FakeHost(samples.home("en"));
  host.view = () => Promise.reject(new Error("no such command"));
  const desk = new Desk(host);
  desk.follow();
  await settled();
  expect(desk.failure).toEqual({ code: "internal", params: { detail: "no such command" } });
});

test("a refused action keeps its code", async () => {
  const host = new FakeHost(samples.home("en"));
  const desk = new Desk(host);
  host.refusal = { code: "too_large", params: { limit: "9" } };
  await desk.act({ action: "stop" });
  expect(desk.failure).toEqual({ code: "too_large", params: { limit: "9" } });
});
