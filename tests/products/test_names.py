from adgen.products.names import Names, learn_names


def test_names_are_what_ends_the_first_part_of_titles():
    titles = [f"Acme{i} Zorb Mug, black, nice" for i in range(50)]
    titles += [f"Acme{i} Leather Wallet with black strap" for i in range(50)]
    titles += [f"Cheap{i} wallet 12 cm" for i in range(400)]
    known = learn_names(titles).known
    assert {"mug", "zorb mug", "wallet"} <= known
    assert not {"black", "nice", "strap", "acme1 zorb mug"} & known
    # Leather is a fact of this wallet: few wallets are called so.
    assert "leather wallet" not in known


def test_seldom_ends_are_no_names():
    titles = [f"Acme{i} mug, zorb zorb zorb" for i in range(50)]
    titles += [f"Acme{i} zorb, red" for i in range(5)]
    assert "zorb" not in learn_names(titles).known


def test_the_longest_name_before_a_word_counts():
    names = Names(frozenset({"lamp", "table lamp"}))
    keys = ["red", "table", "lamp", "shade"]
    assert names.ending_at(keys, 3) == 2
    assert names.ending_at(keys, 3, start=2) == 1
    assert names.ending_at(keys, 2) == 0
    assert names.ending_at(keys, 0) == 0
