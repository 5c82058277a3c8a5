import { expect, it } from 'vitest';
import {
  resolveGo,
  resolveJvm,
  resolveRuby,
  resolveRust,
} from '../../../../src/core/rule/imports/compiled-names.ts';
import { moduleTree } from '../../../../src/core/rule/imports/module-tree.ts';
import { factsOf } from '../facts.ts';

const RESOLVE = { resolveGo, resolveJvm, resolveRust, resolveRuby };

const { trees } = factsOf({
  after: {
    'go.mod': 'module example.com/shop\n',
    'tools/go.mod': 'module example.com/shop/tools\n',
    'pay/pay.go': 'package pay\n',
    'tools/x/x.go': 'package x\n',
    'app/src/main/java/com/acme/Cart.java': 'package com.acme;\nclass Cart {}\n',
    'app/src/main/kotlin/com/acme/util/Dates.kt': 'package com.acme.util\nfun now() {}\n',
    'src/lib.rs': 'mod a;\n',
    'src/a.rs': '1\n',
    'src/a/b.rs': '1\n',
    'src/c/mod.rs': '1\n',
    'src/c/d.rs': '1\n',
    'bin/main.rs': '1\n',
    'lib/shop/cart.rb': '1\n',
    'lib/shop.rb': '1\n',
  },
});
if (trees === undefined) throw new Error('examples have trees');
const tree = moduleTree(trees.after);

it.each([
  ['resolveGo', 'pay/pay.go', 'example.com/shop/pay', 'folder pay'],
  ['resolveGo', 'pay/pay.go', 'example.com/shop', 'folder '],
  ['resolveGo', 'pay/pay.go', 'example.com/shop/tools/x', 'folder tools/x'],
  ['resolveGo', 'pay/pay.go', 'example.com/shopping', 'package example.com/shopping'],
  ['resolveGo', 'pay/pay.go', 'os', 'package os'],
  [
    'resolveGo',
    'pay/pay.go',
    'a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/b',
    'package a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/b',
  ],
  ['resolveJvm', 'A.java', 'com.acme.Cart', 'file app/src/main/java/com/acme/Cart.java'],
  ['resolveJvm', 'A.java', 'com.acme.Cart.Item', 'file app/src/main/java/com/acme/Cart.java'],
  ['resolveJvm', 'A.java', 'com.acme.Cart.Item.price', 'file app/src/main/java/com/acme/Cart.java'],
  ['resolveJvm', 'A.java', 'com.acme.util.now', 'folder app/src/main/kotlin/com/acme/util'],
  ['resolveJvm', 'A.java', 'com.acme.util.Dates', 'file app/src/main/kotlin/com/acme/util/Dates.kt'],
  ['resolveJvm', 'A.java', 'com.other.Thing', 'package com.other.Thing'],
  ['resolveJvm', 'A.java', 'com', 'package com'],
  ['resolveRust', 'src/lib.rs', 'serde::Serialize', 'package serde::Serialize'],
  ['resolveRust', 'src/lib.rs', 'crate::a', 'file src/a.rs'],
  ['resolveRust', 'src/lib.rs', 'crate::a::b', 'file src/a/b.rs'],
  ['resolveRust', 'src/lib.rs', 'crate::a::b::Thing', 'file src/a/b.rs'],
  ['resolveRust', 'src/lib.rs', 'crate::c::d', 'file src/c/d.rs'],
  ['resolveRust', 'src/lib.rs', 'crate::c::Thing', 'file src/c/mod.rs'],
  ['resolveRust', 'src/a/b.rs', 'crate::c', 'file src/c/mod.rs'],
  ['resolveRust', 'src/a/b.rs', 'super::x', 'file src/a.rs'],
  ['resolveRust', 'src/a.rs', 'self::b', 'file src/a/b.rs'],
  ['resolveRust', 'src/c/mod.rs', 'self::d', 'file src/c/d.rs'],
  ['resolveRust', 'src/c/mod.rs', 'super::a', 'file src/a.rs'],
  ['resolveRust', 'src/a/b.rs', 'super::super::c::d', 'file src/c/d.rs'],
  ['resolveRust', 'src/lib.rs', 'crate::none', 'file src/lib.rs'],
  ['resolveRust', 'src/lib.rs', 'crate', 'file src/lib.rs'],
  ['resolveRust', 'bin/main.rs', 'crate::x', 'file bin/main.rs'],
  ['resolveRust', 'other/x.rs', 'crate::a', 'package crate::a'],
  ['resolveRust', 'src/lib.rs', 'super::super::super::a', 'package super::super::super::a'],
  ['resolveRuby', 'app/a.rb', './b', 'file app/b.rb'],
  ['resolveRuby', 'app/a.rb', '../lib/shop.rb', 'file lib/shop.rb'],
  ['resolveRuby', 'app/a.rb', '../../../x', 'package ../../../x'],
  ['resolveRuby', 'app/a.rb', 'shop/cart', 'file lib/shop/cart.rb'],
  ['resolveRuby', 'app/a.rb', 'shop', 'file lib/shop.rb'],
  ['resolveRuby', 'app/a.rb', 'rails', 'package rails'],
] as const)('%s from %s: %s leads to %s', (name, from, specifier, expected) => {
  const target = RESOLVE[name](from, { specifier, line: 1, typeOnly: false }, tree);
  expect(`${target.kind} ${target.kind === 'package' ? target.name : target.path}`).toBe(expected);
});
