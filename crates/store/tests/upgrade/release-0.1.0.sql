-- A database as release 0.1.0 left it: one account with a key in use and a revoked one, a user with a device, a call
-- that was answered, one that was missed, and one that ran when the server was stopped. <time> and <json> stand for
-- what the database calls the types.

CREATE TABLE "seaql_migrations" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" <time> NOT NULL );
CREATE TABLE "accounts" ( "account_id" text NOT NULL PRIMARY KEY, "name" text NOT NULL, "secret_hash" text NOT NULL, "branding" <json> NOT NULL, "call_settings" <json> NOT NULL, "created_at" <time> NOT NULL );
CREATE TABLE "keys" ( "apikey" text NOT NULL PRIMARY KEY, "account_id" text NOT NULL, "name" text NOT NULL, "created_at" <time> NOT NULL, "last_used_at" <time> NULL, "revoked_at" <time> NULL, FOREIGN KEY ("account_id") REFERENCES "accounts" ("account_id") ON DELETE CASCADE );
CREATE TABLE "users" ( "account_id" text NOT NULL, "cuid" text NOT NULL, "name" text NULL, "created_at" <time> NOT NULL, "last_seen_at" <time> NOT NULL, PRIMARY KEY ("account_id", "cuid"), FOREIGN KEY ("account_id") REFERENCES "accounts" ("account_id") ON DELETE CASCADE );
CREATE TABLE "devices" ( "account_id" text NOT NULL, "cuid" text NOT NULL, "device_id" text NOT NULL, "platform" text NOT NULL, "created_at" <time> NOT NULL, "last_seen_at" <time> NOT NULL, PRIMARY KEY ("account_id", "cuid", "device_id"), FOREIGN KEY ("account_id", "cuid") REFERENCES "users" ("account_id", "cuid") ON DELETE CASCADE );
CREATE TABLE "calls" ( "call_id" text NOT NULL PRIMARY KEY, "account_id" text NOT NULL, "node" text NOT NULL, "caller" text NOT NULL, "callee" text NOT NULL, "context" text NOT NULL, "caller_platform" text NOT NULL, "callee_platform" text NULL, "placed_at" <time> NOT NULL, "ringing_at" <time> NULL, "answered_at" <time> NULL, "connected_at" <time> NULL, "ended_at" <time> NULL, "status" text NULL, "reason" text NULL, "ended_by" text NULL, "talk_time" <time> NOT NULL, "caller_quality" <json> NULL, "callee_quality" <json> NULL, FOREIGN KEY ("account_id") REFERENCES "accounts" ("account_id") ON DELETE CASCADE );
CREATE TABLE "call_events" ( "call_id" text NOT NULL, "index" integer NOT NULL, "at" <time> NOT NULL, "what" <json> NOT NULL, PRIMARY KEY ("call_id", "index"), FOREIGN KEY ("call_id") REFERENCES "calls" ("call_id") ON DELETE CASCADE );
CREATE INDEX "keys_of_an_account" ON "keys" ("account_id");
CREATE INDEX "calls_of_an_account" ON "calls" ("account_id", "call_id");
CREATE INDEX "unfinished_calls_of_a_node" ON "calls" ("node", "ended_at");

INSERT INTO "seaql_migrations" VALUES ('m0001_accounts_and_calls', 1795251018);
INSERT INTO "accounts" VALUES ('acc_yikjfnwqes7gkwgd3bxy', 'Acme', '81dbee0900c09eb1164ba2a66428fd49817a1d97546b97bc94e7c399152c2e78', '{"backgroundColor":"#123456","buttonTheme":"white","logo":null,"poweredBy":false,"textColor":"#ffffff"}', '{"connectTimeout":15000,"devices":"many","maxDuration":14400000,"ringTimeout":20000}', 1795251018535);
INSERT INTO "keys" VALUES ('pk_2k34zubdjpwgwu7grdrcix6th73s3ztj', 'acc_yikjfnwqes7gkwgd3bxy', 'default', 1795251018535, 1795251020000, NULL);
INSERT INTO "keys" VALUES ('pk_revoked', 'acc_yikjfnwqes7gkwgd3bxy', 'old', 1795251018535, NULL, 1795251019000);
INSERT INTO "users" VALUES ('acc_yikjfnwqes7gkwgd3bxy', 'alice', 'Alice', 1795251020000, 1795251021000);
INSERT INTO "devices" VALUES ('acc_yikjfnwqes7gkwgd3bxy', 'alice', 'device-a', 'web', 1795251020000, 1795251021000);
INSERT INTO "calls" VALUES ('01a1fdf6-9080-7000-8000-000000000001', 'acc_yikjfnwqes7gkwgd3bxy', 'one', 'alice', 'bobby', 'Your order', 'web', 'ios', 1795251030000, 1795251031000, 1795251035000, 1795251035500, 1795251095000, 'over', 'hangup', 'callee', 60000, '{"jitter":1.5,"lost":1,"mos":4.25,"packets":3000,"rtt":20.25}', '{"jitter":2.0,"lost":0,"mos":3.5,"packets":3000,"rtt":30.0}');
INSERT INTO "calls" VALUES ('01a1fdf6-9081-7000-8000-000000000002', 'acc_yikjfnwqes7gkwgd3bxy', 'one', 'alice', 'bobby', 'Your order', 'web', 'ios', 1795251130000, 1795251131000, NULL, NULL, 1795251150000, 'missed', 'ring_timeout', NULL, 0, NULL, NULL);
INSERT INTO "calls" VALUES ('01a1fdf6-9082-7000-8000-000000000003', 'acc_yikjfnwqes7gkwgd3bxy', 'one', 'alice', 'bobby', 'Your order', 'web', NULL, 1795251230000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO "call_events" VALUES ('01a1fdf6-9080-7000-8000-000000000001', 0, 1795251030000, '{"type":"placed","account":"acc_yikjfnwqes7gkwgd3bxy","caller":"alice","device":"device-a","platform":"web","callee":"bobby","context":"Your order"}');
INSERT INTO "call_events" VALUES ('01a1fdf6-9080-7000-8000-000000000001', 1, 1795251030100, '{"type":"offered","leg":1,"device":"device-b","platform":"ios"}');
INSERT INTO "call_events" VALUES ('01a1fdf6-9080-7000-8000-000000000001', 2, 1795251095000, '{"type":"ended","reason":"hangup","by":"callee"}');
INSERT INTO "call_events" VALUES ('01a1fdf6-9082-7000-8000-000000000003', 0, 1795251230000, '{"type":"placed","account":"acc_yikjfnwqes7gkwgd3bxy","caller":"alice","device":"device-a","platform":"web","callee":"bobby","context":"Your order"}');
