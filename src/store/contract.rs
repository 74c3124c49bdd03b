//! What every store promises, tried on each in the list.

use std::thread;

use super::*;

/// Runs on a new store of every kind.
fn each(test: impl Fn(&dyn Store)) {
    for scheme in STORES {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            address: format!("{}:store", scheme.name),
            folder: folder.path().to_owned(),
            shared: false,
        };
        test(&*open(&place).unwrap());
    }
}

fn id(name: &str) -> Id {
    Id::new(name).unwrap()
}

fn text(document: Option<Document>) -> Option<String> {
    document.map(|document| String::from_utf8(document.bytes).unwrap())
}

fn found(store: &dyn Store, id: &Id) -> Expected {
    store.get(id).unwrap().map_or(Expected::Nothing, |document| Expected::This(document.revision()))
}

#[test]
fn an_empty_store() {
    each(|store| {
        let a = id("a");
        assert_eq!(store.list().unwrap(), Listing::default());
        assert_eq!(store.get(&a).unwrap(), None);
        assert!(matches!(store.remove(&a, Revision::of(b"")), Err(Error::Conflict { .. })));
        assert_eq!(store.beside(&a).unwrap(), [""; 0]);
        assert_eq!(store.note(&a, "v1").unwrap(), None);
    });
}

#[test]
fn what_is_put_is_there_until_it_is_removed() {
    each(|store| {
        for name in ["b", "a", "c"] {
            store.put(&id(name), name.as_bytes(), Expected::Nothing, None).unwrap();
        }
        assert_eq!(store.list().unwrap().ids, [id("a"), id("b"), id("c")]);
        assert_eq!(text(store.get(&id("b")).unwrap()).unwrap(), "b");
        store.put_note(&id("b"), "resume", b"state").unwrap();
        store.extend_note(&id("b"), "resume", b" and more").unwrap();
        assert_eq!(store.note(&id("b"), "resume").unwrap().unwrap(), b"state and more");
        store.extend_note(&id("b"), "other", b"new").unwrap();
        assert_eq!(store.note(&id("b"), "other").unwrap().unwrap(), b"new");
        assert!(matches!(store.remove(&id("b"), Revision::of(b"a")), Err(Error::Conflict { .. })));
        store.remove(&id("b"), Revision::of(b"b")).unwrap();
        assert_eq!(store.list().unwrap().ids, [id("a"), id("c")]);
        assert_eq!(store.note(&id("b"), "resume").unwrap(), None);
    });
}

#[test]
fn only_what_is_expected_is_replaced() {
    each(|store| {
        let a = id("a");
        store.put(&a, b"1", Expected::Nothing, None).unwrap();
        let first = found(store, &a);
        store.put(&a, b"2", first, None).unwrap();
        for (name, expected) in
            [("a", Expected::Nothing), ("a", first), ("b", first), ("A", Expected::Nothing)]
        {
            let put = store.put(&id(name), b"3", expected, None);
            assert!(matches!(put, Err(Error::Conflict { .. })), "{name}");
        }
        assert_eq!(text(store.get(&a).unwrap()).unwrap(), "2");
        assert_eq!(store.list().unwrap().ids, [a]);
    });
}

#[test]
fn the_last_versions_stay() {
    each(|store| {
        let a = id("a");
        store.put(&a, b"1", Expected::Nothing, None).unwrap();
        for number in 1..=11 {
            let next = (number + 1).to_string();
            store.put(&a, next.as_bytes(), found(store, &a), Some(Keep { number, most: 3 })).unwrap();
        }
        assert_eq!(store.beside(&a).unwrap(), ["v10", "v11", "v9"]);
        assert_eq!(store.note(&a, "v11").unwrap().unwrap(), b"11");
        assert_eq!(text(store.get(&a).unwrap()).unwrap(), "12");
        store.put(&a, b"13", found(store, &a), None).unwrap();
        assert_eq!(store.beside(&a).unwrap(), ["v10", "v11", "v9"]);
        store.put(&a, b"14", found(store, &a), Some(Keep { number: 13, most: 0 })).unwrap();
        assert_eq!(store.beside(&a).unwrap(), [""; 0]);
    });
}

#[test]
fn what_is_damaged_is_moved_and_not_lost() {
    each(|store| {
        let a = id("a");
        for _ in 0..2 {
            store.put(&a, b"{", Expected::Nothing, None).unwrap();
            assert!(matches!(store.set_aside(&a, Revision::of(b"{}")), Err(Error::Conflict { .. })));
            assert!(store.set_aside(&a, Revision::of(b"{")).unwrap().contains("damaged"));
            assert_eq!(store.list().unwrap(), Listing::default());
        }
    });
}

#[test]
fn many_writers_lose_nothing() {
    each(|store| {
        let a = id("a");
        store.put(&a, b"0", Expected::Nothing, None).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..10).for_each(|_| count_up(store, &a)));
            }
        });
        assert_eq!(text(store.get(&a).unwrap()).unwrap(), "40");
    });
}

fn count_up(store: &dyn Store, id: &Id) {
    loop {
        let document = store.get(id).unwrap().unwrap();
        let number: u32 = std::str::from_utf8(&document.bytes).unwrap().parse().unwrap();
        let next = (number + 1).to_string();
        match store.put(id, next.as_bytes(), Expected::This(document.revision()), None) {
            Ok(()) => return,
            Err(Error::Conflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn addresses() {
    let open = |address: &str| {
        open(&Place { address: address.to_owned(), folder: "/base".into(), shared: false })
            .map(|store| store.address())
    };
    assert_eq!(open("memory:").unwrap(), "memory:");
    assert_eq!(open("dir:/x/y").unwrap(), "/x/y");
    assert_eq!(open("/x/y").unwrap(), "/x/y");
    assert_eq!(open("x").unwrap(), Path::new("/base").join("x").display().to_string());
    assert!(matches!(open("redis://host"), Err(Error::NoSuchStore { .. })));
}

#[test]
fn a_diary_keeps_its_last_lines() {
    each(|store| {
        assert_eq!(store.diary().unwrap(), b"");
        let line = |number: usize| format!("{number} {}", "x".repeat(300));
        for number in 0..8000 {
            store.write_diary(&line(number)).unwrap();
        }
        let diary = String::from_utf8(store.diary().unwrap()).unwrap();
        let lines: Vec<&str> = diary.lines().collect();
        assert!(diary.len() < DIARY + 1000 && lines.len() > 1000, "{} in {} lines", diary.len(), lines.len());
        let first = 8000 - lines.len();
        assert!(lines.iter().zip(first..).all(|(found, number)| **found == line(number)));
        assert_eq!(store.list().unwrap(), Listing::default());
    });
}
