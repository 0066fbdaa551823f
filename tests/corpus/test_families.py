"""Families in many scripts: variants of a product share one, whatever its letters."""

import unicodedata

import numpy as np
import pytest

from adgen.corpus import family_id, family_key, split_ads
from adgen.corpus.ad_index import index_ads
from adgen.corpus.leaks import find_leaks
from adgen.support.scripts import is_mark

# A product's ad, variants of it, and another product.
PRODUCTS = {
    "Latin with marks": (
        "Bébé Crème hydratante à l'huile d'amande, 50 ml",
        ["BÉBÉ CRÈME HYDRATANTE à l'huile d'amande, 200 ml (X-200)"],
        "Bébé Savon doux à l'huile d'olive, 50 ml",
    ),
    "Devanagari": (
        "मुद्रित सूती साड़ी महिलाओं के लिए, 5.5 m",
        ["मुद्रित सूती साड़ी महिलाओं के लिए, नीला, 6 m", "लाल मुद्रित सूती साड़ी महिलाओं के लिए"],
        "मुद्रित सूती कुर्ता पुरुषों के लिए, 5.5 m",
    ),
    "Thai": (
        "เคสโทรศัพท์มือถือกันกระแทกสีดำ 64GB",
        ["เคสโทรศัพท์มือถือกันกระแทกสีแดง 128GB", "เคสโทรศัพท์มือถือกันกระแทก (A-12)"],
        "เคสแท็บเล็ตหนังแท้สีดำ 64GB",
    ),
    "Chinese": (
        "苹果手机壳透明防摔保护套红色 128GB",
        [
            "苹果手机壳透明防摔保护套 黑色",
            "苹果手机壳透明防摔保护套（第2代）",
            "白色苹果手机壳透明防摔保护套",
        ],
        "苹果平板支架折叠便携底座红色 128GB",
    ),
    "Japanese": (
        "ワイヤレスイヤホン ノイズキャンセリング ブラック WF-1000",
        [
            "ワイヤレスイヤホン ノイズキャンセリング ホワイト",
            "ワイヤレスイヤホンノイズキャンセリング 2個",
        ],
        "ワイヤレス充電器 急速充電対応 ブラック WF-1000",
    ),
    "Arabic": (
        "هاتف ذكي بشاشة كبيرة أسود 128GB",
        ["هاتف ذكي بشاشة كبيرة أبيض 256GB", "هاتف ذكي بشاشة كبيرة، ٦٤ جيجابايت"],
        "سماعة ذكي لاسلكية صغيرة أسود 128GB",
    ),
    "Cyrillic": (
        "Чехол для телефона силиконовый черный 128GB",
        ["ЧЕХОЛ ДЛЯ ТЕЛЕФОНА силиконовый, красный, 64GB"],
        "Чехол для планшета кожаный черный 128GB",
    ),
    "Greek": (
        "Θήκη κινητού σιλικόνης διάφανη 128GB",
        ["Θήκη κινητού σιλικόνης διάφανη, 64GB (X-1)"],
        "Βάση κινητού αυτοκινήτου μαγνητική 128GB",
    ),
    "Hangul": (
        "투명 휴대폰 케이스 충격방지 블랙 128GB",
        ["투명 휴대폰 케이스 충격방지 화이트 256GB"],
        "투명 태블릿 거치대 접이식 블랙 128GB",
    ),
}


@pytest.mark.parametrize("script", PRODUCTS)
def test_variants_share_a_family_and_other_products_do_not(script):
    ad, variants, other = PRODUCTS[script]
    assert {family_key(variant) for variant in variants} == {family_key(ad)}
    assert family_key(other) != family_key(ad)


@pytest.mark.parametrize("script", PRODUCTS)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_form_of_an_ad_is_of_one_family(script, form):
    ad = PRODUCTS[script][0]
    assert family_id(unicodedata.normalize(form, ad)) == family_id(ad)


def test_words_keep_their_marks():
    assert family_key("हिन्दी किताब") == "किताब हिन्दी"
    assert family_key("தமிழ் புத்தகம்") == "தமிழ் புத்தகம்"
    assert family_key("كِتَاب جديد") == "جديد كِتَاب"
    assert family_key("کتاب‌ها") == "کتاب‌ها"  # joined by a sign of no width


def test_a_sign_with_its_marks_is_no_word():
    assert family_key("I ❤️ Pine Tables 3️⃣") == family_key("I ❤ Pine Tables 3") == "pine table"
    assert family_key("Acme️ Mug") == family_key("Acme Mug")


def test_a_word_ends_where_letters_without_spaces_begin():
    assert (
        family_key("iPhone手机壳") == family_key("iPhone 手机壳") == family_key("手机壳 iPhone 15")
    )


def test_products_in_a_script_without_spaces_are_not_all_one_family():
    nouns = ["手机", "电视", "耳机", "键盘", "鼠标", "相机", "音箱", "手表", "平板", "电脑"]
    kinds = ["支架", "外壳", "电池", "贴膜", "背包", "充电"]
    ads = [f"{noun}{kind}官方正品{number}" for noun in nouns for kind in kinds for number in (1, 2)]
    assert len({family_key(ad) for ad in ads}) == 60


def made_ads(script, num_products=60, num_variants=10):
    """Ads of made-up words of four letters with their marks, each in several sizes."""
    letters = []
    for character in "".join(PRODUCTS[script][0::2]).casefold():
        if character.isalpha():
            letters.append(character)
        elif letters and is_mark(character):
            letters[-1] += character
    rng = np.random.default_rng(0)
    space = "" if script in ("Thai", "Chinese", "Japanese") else " "
    products = [
        space.join("".join(rng.choice(sorted(set(letters)), 4)) for _ in range(6))
        for _ in range(num_products)
    ]
    return [f"{product} {10 + size} ml" for product in products for size in range(num_variants)]


@pytest.mark.parametrize("script", PRODUCTS)
def test_held_out_ads_have_no_variant_in_training(script):
    ads = split_ads(made_ads(script), valid=0.2, test=0.2)
    index = index_ads(ads[["ad"]])
    assert (find_leaks(index, ads["split"]).counts.loc["0.7"] == 0).all()
    at_random = split_ads(ads["ad"].tolist(), valid=0.2, test=0.2, by="ad")["split"]
    assert (find_leaks(index, at_random).shares.loc["0.7"] == 1).all()
