// Made by scripts/fixtures/tokenization_pattern_tables.py from the Python package tokenizers 0.23.3; do not edit.

extension UnicodeTables {
    /// `\p{L}` of the Rust tokenizers' regular expressions.
    static let letter: StaticString = """
        1t q 6 q 1b 1 a 1 4 1 5 n 1 v 1 cq 4 c e 5 7 1 1 1 3l 5 1 2 2 4 1 1 6 1 1 3 1 1 1 k 1 2b 1 3v 8 4m 1 12 2 1 \
        6 15 1z r 4 4 19 17 z 2 1 2r 1 1 f 2 7 2 a 3 2 1 g 1 1 u t 2h b 1 o x 9 2 4 1 5 m 4 1 9 1 3 1 n p 7 b 5 o 1 \
        6 h 16 1m 1i 3 1 i 1 7 a f g 4 8 2 2 2 m 1 7 1 1 3 4 3 1 g 1 d 2 1 3 e 2 a 1 8 6 4 2 2 m 1 7 1 2 1 2 1 2 v \
        4 1 1 j 3 g 9 1 3 1 m 1 7 1 2 1 5 3 1 i 1 f 2 n 1 b 8 2 2 2 m 1 7 1 2 1 5 3 1 u 2 1 3 f 1 h 1 1 6 3 3 1 4 3 \
        2 1 1 1 2 3 2 3 3 3 c m 1 1g 8 1 3 1 n 1 g 3 1 q 3 2 1 2 2 u 1 4 8 1 3 1 n 1 a 1 5 3 1 v 2 1 2 f 2 h 9 1 3 \
        1 15 2 1 g 1 5 3 8 3 o 6 5 i 3 o 1 9 1 1 2 7 1m 1c 1 2 c 7 1m 2 1 1 1 5 1 o 1 1 1 a 1 2 9 1 2 5 1 1 l 4 w 1 \
        1r 8 1 10 r 5 37 17 k 1 g 6 4 4 3 1 3 2 7 3 4 d c 1 h 12 1 1 5 1 2 17 1 99 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4 \
        2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 11 g g 2e 2 6 3 h8 2 h 1 q 5 23 6 8 7 i d j e i e d 1 3 f 1g z 1 4 1 1v 2h 7 \
        5 2 y 1 1 5 1y a v 1d u 2 5 b 18 4 q 1i n 9 1h 2a 1 2l 1b h 8 1i u d 2 a 18 q 10 15 3 a 10 2 b 5 17 2 3 15 \
        4 1 6 1 2 3 1 5 5c 1s 7q 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 7 1 1 3 3 1 7 3 4 2 6 4 d 5 3 1 7 38 1 d 1 \
        g d 2t 1 4 1 2 a 1 1 3 5 6 1 1 1 1 1 1 4 1 b 2 4 5 5 4 1 1g 2 22j 6d 6 4 3 2 c 12 1 1 5 1 2 1k 7 1 g n 9 7 \
        1 7 1 7 1 7 1 7 1 7 1 7 1 7 28 1 d1 2 16 5 5 2 4 2e 6 3 1 2i 1 4 5 17 1 2m h w 1c g e8 534 1s h3h 1v 1a 2 \
        7h 3 g a 2 k 1b g v 2 1y 1d 9 2 2v 2 1v 2 2 1 1 1 8 l g 1 3 1 4 1 n t 1g e 1e 1q 6 3 1 1 2 b s a n p t 7 1b \
        s 1 g 5 1 a a 5 1 15 n 3 1 8 k n 3 1 3 1e 1 1 3 2 2 5 2 1 1 1 o 3 2 b 7 3 c 6 2 6 2 6 9 7 1 7 1 17 1 e 6 37 \
        t 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 1 1 a 1 d 1 5 1 1 1 2 1 2 1 30 x a3 i 1s 2 1i 14 c 38 5 1 3r 10 q 6 q \
        b 2h 3 6 2 6 2 6 2 3 z c 1 q 1 j 1 2 1 f 2 e y 3f at t 3 1d 1b w d k 1 8 6 12 a u 2 10 4 8 1c 4e i 10 4 10 \
        4 14 8 1g c b 1 f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2 3 1 2 n a n 9 v \
        1t j 1 2 a m a q 1y 1k 6 2 1s 1 f 4 1 3 1 t 16 t 3 t z 8 1 s r 1i a m a j d i 32 21 1j 1f d 1f d 10 12 s 9 \
        n 6y 16 6 2 g 3 1n t a 1 8 m 16 i 1a l r n c 1h 1l 2 2 1 d 19 w p q 10 t 1 2 1 8 z 3 1 c 1c e 4 l 1 1 1 z i \
        1 p j 2 1r 7 1 1 1 4 1 f 1 a 7 1b 12 8 2 2 2 m 1 7 1 2 1 5 3 1 i 1 c 5 u a 1 1 2 1 1 12 1 1 p 1 1 1 18 1h i \
        4 k 3 u 1c k 2 1 1 54 1b 15 4 10 1c k 1 1n 17 d 1 1z r 11 7 55 18 38 1s v 8 2 1 2 8 1 2 1 o f 1 1 1 2m 8 2 \
        13 g 1 1 1 s 1 a 14 7 1 l 1 b 1a j 1 i 21 5j x v 9 1 11 h 1 1d u 34 7 1 2 1 12 l 1 p 6 1 2 1 w e 1 93 j f 1 \
        1 d 1 y 3g 1 27 pm 6e 5g 218 2p f ts h 6 p 32z 5 g7 5a1 u 1cy ft 7 v h 27 h u i 1c g 4 v l 5 j c0 19 5v 1s \
        3k 23 5 1 1u d 1s 2 1 1 s 4qg 8 ye 15 a 6w7 4 1 7 1 2 1 83 f 1 t 3 2 1 e 4 8 b0 1s4 2z 5 d 3 9 7 a 4me 2d 1 \
        1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 p 1 p 1 v 1 p 1 v 1 p 1 v 1 p 1 \
        v 1 p 1 8 1f8 v 6 6 79 1q 42 19 a 7 g 1 8x u i 18 dg s 6c u 2 1 dr 7 1 4 1 2 1 f 1 5h 1n 1w 7 1 xg 4 1 r 1 \
        2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 \
        h 5 3 1 5 1 h 3es wyo w 37e 6 66 2 4g2 e 5rl f ha 1wi f2 15u 3t7 5 38g
        """

    /// `\p{N}` of the Rust tokenizers' regular expressions.
    static let number: StaticString = """
        1c a 3c 2 5 1 2 3 141 a 3q a 5i a bg a 3a a 4 6 30 a 3a a 3a a 2 6 32 d 37 a 8 7 2v a 2w 7 7 j 31 a 2o a 3a \
        a 1y k 7g a 1y a jz k oh 3 6n a 6 a m a 8c a 3k b 4l a 6 a 52 a 2e a 3q a 6 a t2 1 3 6 6 a 5i 1f 2 5 k6 1o \
        26 m hi u 12h 1 ll 1 p 9 e 3 9j 4 3u a u 8 1 f w a 13 f msg a 58 a 8w 6 4a a 12 a 5i a m a 2e a ba a geu a \
        dp 19 c 1l h 2 9h r 10 4 t 1 8 1 3q 5 5m a q6 8 p 7 13 9 23 5 m 6 4g 2 2 g 2 1a 1s 9 1g 2 u 3 23 5 2w 8 o 8 \
        15 7 96 6 1c a 6 a 7q v 4e a 16 4 34 7 3q u 3k a 1o a 40 a 7 k 6z a 9i a 3a a ae a 2u a 6 k 24 c bo j 2l a \
        ie a 2e t 6b a 1y a bq a 2u l tn 33 c01 a 1t2 a 2e a 3q a 1 7 em a 7a n imx a 152 k c k 30 p ut 1e 1ts a bq \
        a dy a 6v a jw 9 3k a lz 1n 1 3 1 4 24 19 1 f qq d 25f a
        """

    /// `\s` of the Rust tokenizers' regular expressions.
    static let space: StaticString = """
        9 5 i 1 2s 1 q 1 4bj 1 1vj b t 2 5 1 1b 1 334 1
        """

    /// What `(?i:[stredvml])` matches beside ASCII letters.
    static let foldedContraction: StaticString = """
        an 1
        """

    /// A digit of the pre-tokenizer Digits.
    static let numeric: StaticString = """
        1c a 3c 2 5 1 2 3 141 a 3q a 5i a bg a 3a a 4 6 30 a 3a a 3a a 2 6 32 d 37 a 8 7 2v a 2w 7 7 j 31 a 2o a 3a \
        a 1y k 7g a 1y a jz k oh 3 6n a 6 a m a 8c a 3k b 4l a 6 a 52 a 2e a 3q a 6 a t2 1 3 6 6 a 5i 1f 2 5 k6 1o \
        26 m hi u 12h 1 ll 1 p 9 e 3 9j 4 3u a u 8 1 f w a 13 f msg a 58 a 8w 6 4a a 12 a 5i a m a 2e a ba a geu a \
        dp 19 c 1l h 2 9h r 10 4 t 1 8 1 3q 5 5m a q6 8 p 7 13 9 23 5 m 6 4g 2 2 g 2 1a 1s 9 1g 2 u 3 23 5 2w 8 o 8 \
        15 7 96 6 1c a 6 a 7q v 4e a 16 4 34 7 3q u 3k a 1o a 40 a 7 k 6z a 9i a 3a a ae a 2u a 6 k 24 c bo j 2l a \
        ie a 2e t 6b a 1y a 1i a 9y a 2u l tn 33 c01 a 1t2 a 2e a 3q a 1 7 em a 7a n 9p 3 id5 a 152 k c k 30 p ut \
        1e 1ts a bq a dy a 6v a jw 9 3k a lz 1n 1 3 1 4 24 19 1 f qq d 25f a
        """

    /// `\w` of the pre-tokenizer Whitespace and of whole-word added tokens.
    static let word: StaticString = """
        1c a 7 q 4 1 1 q 1b 1 a 1 4 1 5 n 1 v 1 cq 4 c e 5 7 1 1 1 h 39 1 2 2 4 1 1 6 1 1 3 1 1 1 k 1 2b 1 3v 1 4t \
        1 12 2 1 6 15 8 19 1 1 1 2 1 2 1 1 8 r 4 4 t b 5 22 4 2u 1 8 2 a 1 j 2 1 g 1n 2 2t e 1i 4 1 2 1 2 1a i s 4 \
        b 5 o 1 6 8 23 1 3l 2 a 1 j 1 8 2 2 2 m 1 7 1 1 3 4 2 9 2 2 2 4 8 1 4 2 1 5 2 c a 1 1 1 2 3 1 6 4 2 2 m 1 7 \
        1 2 1 2 1 2 2 1 1 5 4 2 2 3 3 1 7 4 1 1 7 g b 3 1 9 1 3 1 m 1 7 1 2 1 5 2 a 1 3 1 3 2 1 f 4 2 a 9 7 1 3 1 8 \
        2 2 2 m 1 7 1 2 1 5 2 9 2 2 2 3 7 3 4 2 1 5 2 a 1 1 g 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3 3 c 4 5 3 3 1 4 2 1 \
        6 1 e a g d 1 3 1 n 1 g 2 9 1 3 1 4 7 2 1 3 2 1 2 4 2 a g 4 1 8 1 3 1 n 1 a 1 5 2 9 1 3 1 4 7 2 6 2 1 4 2 a \
        1 3 c d 1 3 1 1f 1 3 1 5 5 4 7 5 2 a a 6 1 3 1 i 3 o 1 9 1 1 2 7 3 1 4 6 1 1 1 8 6 a 2 2 d 1m 5 f 1 a 13 2 \
        1 1 1 5 1 o 1 1 1 n 2 5 1 1 1 7 1 a 2 4 w 1 n 2 6 a b 1 1 1 1 1 4 a 1 10 4 k 1 i 1 10 9 1 1l 22 6 26 2 12 1 \
        1 5 1 2 17 1 99 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4 2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 2 3 w g g 2e 2 6 3 h8 2 h 1 \
        q 5 23 3 b 7 m 9 m b k c d 1 3 1 2 c 2c 3 1 4 2 2 a x 3 1 b 6 2h 7 17 5 1y a v 1 c 4 c a 14 2 5 b 18 4 q 6 \
        a 12 s 4 1r 1 t 2 b 6 a d 1 8 v 1d 25 3 a h 9 c 38 c 1k 8 a 3 1d 2 b 5 17 2 3 g 3 1 13 5 eu 2 6 2 12 2 6 2 \
        8 1 1 1 1 1 1 1 v 2 1h 1 7 1 1 3 3 1 7 3 4 2 6 4 d 5 3 1 7 f 2 1d 2 j 1 s 1 d 1 g d 1f x h 1 4 1 2 a 1 1 3 \
        5 6 1 1 1 1 1 1 4 1 b 2 4 5 5 4 1 h 15 ml 1g 1ee 6d 6 9 c 12 1 1 5 1 2 1k 7 1 f o 9 7 1 7 1 7 1 7 1 7 1 7 1 \
        7 1 7 1 w 1b 1 d1 3 p f 1 5 2 5 4 2e 2 2 2 3 1 2i 1 4 5 17 1 2m h w 1c g e8 534 1s h3h 1v 1a 2 7h 3 s k 1f \
        1 a 1 37 11 9 2 2v 2 1v 2 2 1 1 1 8 l 1i 4 1 j 1g c 1y a a 6 o 3 1 1 1d 2 10 c t 3 1t e b 6 v 1 1j 9 e 2 a \
        6 n 3 21 o 3 2 g 2 5 a 6 2 6 2 6 9 7 1 7 1 17 1 e 6 3f 1 2 2 a 6 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 c 1 d \
        1 5 1 1 1 2 1 2 1 30 x a3 i 1s 2 1i 14 c 4 g g g 3 2 o 3 w 5 1 3r j a 7 q 4 1 1 q b 2h 3 6 2 6 2 6 2 3 z c \
        1 q 1 j 1 2 1 f 2 e y 3f 1x 1h 3s 1 3m t 3 1d f 1 v w d u 5 17 5 u 2 10 4 8 1 5 16 4e 2 a 6 10 4 10 4 14 8 \
        1g c b 1 f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2 3 1 2 n a n 9 v 1t j 1 \
        2 a m a q 1y 1k 6 2 1s 4 1 2 5 8 1 3 1 t 2 3 4 1 w t 3 t z 8 1 u p 1i a m a j d i 32 21 1j 1f d 1f d 14 8 a \
        6 12 3 5 1 n 6y 16 1 2 3 2 g 3 1j x a 1 8 x v m 16 l r n 9 1z v g 9 1o 7 1 d p 7 a 6 1h 1 a 4 4 8 10 2 1 9 \
        1x 4 4 1 d 1 1 z i 1 11 6 4 1q 7 1 1 1 4 1 f 1 a 7 1n 5 a 6 4 1 8 2 2 2 m 1 7 1 2 1 5 1 a 2 2 2 3 2 1 6 1 5 \
        7 2 7 3 5 b a 1 1 2 1 1 12 1 a 1 1 2 1 1 4 1 8 d 2 t 23 5 a 4 4 u 1y 1 1 8 a 4m 1i 2 9 n 6 y 1t 3 1 b a 12 \
        1l 7 a 6 k s r 2 f 4 a 6 7 55 1n 2t 22 l 8 2 1 2 8 1 2 1 u 1 2 2 9 c a 1y 8 2 1a 2 8 1 2 r 1r 8 1 8 22 3 1 \
        i 21 5j x f a 6 9 1 19 1 9 f a o u 2 m 1 e 21 7 1 2 1 18 3 1 1 2 1 9 8 a 6 6 1 2 1 11 1 2 1 6 7 a 8m n 9 h \
        1 15 3 5 d b 2d 1 27 pm 2u 33 h 5g 218 2p f ts g m a 32z 5 g7 5a1 1m 1c6 ft 7 v 1 a 6 27 1 a 6 u 2 5 b 1j 9 \
        4 c a 9 l 5 j c0 19 3 a 5i 1s 3k 23 4 1l 7 h 1s 2 1 2 b 2 e 4qg 8 ye 15 a 6w7 4 1 7 1 2 1 83 f 1 t 3 2 1 e \
        4 8 b0 1s4 2z 5 d 3 9 7 a 3 2 381 a ee 1a 2 n f2 5 3 6 8 8 2 7 u 4 44 3 cb 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 \
        1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 p 1 p 1 v 1 p 1 v 1 p 1 v 1 p 1 v 1 p 1 8 2 1e e8 1j 4 1e 8 \
        1 e 1 m 5 1 f uo v 6 6 5x 7 1 h 2 7 1 2 1 5 5 1q x 1 34 19 3 e 2 a 4 1 8x v h 1m d2 16 5y 17 dh 7 1 4 1 2 1 \
        f 1 5h b 7 15 24 4 a x2 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 \
        2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h hg q 6 q 6 q 21y a sm wyo w 37e 6 66 2 4g2 e 5rl f ha 1wi f2 \
        15u 3t7 5 38g f9e8 6o
        """

    /// `script/runs` for each script of the pre-tokenizer UnicodeScripts.
    static let script: StaticString = """
        1/0,w,1,w,q,6,q,1b,1,f,1,5,n,1,v,1,ch,13,5,5,2,k,38,1,9,1,6,1,1,1,e9,1,3f,1,6,1,e,2,2,1,w,1,4c,1,ec,1,3l,2,\
        yh,1,b9,4,82,1,167,3,1z,2,5n,2,1,1,y5,1,d,1,7,4,1,6,1,2,ll,c,2,2f,1,b,3,b,1,f,h,v,1t,12,1,3,2,6,1,r,1,h,15,\
        3,4,hb,1,13,p,b,l,ps,74,hg,2,w,2,y,3,c,1,8,q,4,eo,1x,bv,c,4,5,1,1,1,p,f,8,4,4,2j,2,3,1,2i,1,44,g,w,10,1o,1s,\
        v,29,3s,4o,534,1s,hkw,y,2u,3,4l,a,6s,1,4g,1,az,1,g6a,2,5s,a,m,z,1,j,1,4,43,1,1,w,q,6,q,b,a,1,19,2,1s,7,1,7,\
        a,5,76,3,4,19,3,9,28,c,1g,19,6c,r,10o4,4,3to,6u,a,13,2,1q,3,h,8,2,7,u,4,1n,7r,2f,9,i,3y,2d,1,1z,1,2,2,1,2,2,\
        2,4,1,c,1,1,1,7,1,1t,1,4,2,8,1,7,1,s,1,4,1,5,1,1,3,7,1,9g,2,84,2,1e,4qo,18,4,2s,c,f,2,f,1,f,1,11,a,d,3,v,1,\
        1o,4,1p,1l,q,1,2,d,18,4,9,7,2,4u,r7,d,d,3,7,9,38,c,2d,17,c,4,1k,8,a,6,14,8,u,2q,f,1,8,8,1,2,c,1,c,4,f,x,i,\
        1a,1,gw1s,1,u,2o 2/1t,q,6,q,1b,1,f,1,5,n,1,v,1,ch,13,5,55n,12,6,1d,5,4,5,d,1,1y,1t,74,a9,1,d,1,g,d,3x,2,6,1,\
        r,1,h,15,253,w,o82,2u,3,10,1,8,1r,9,mo,17,1,9,fq3,7,t6,q,6,q 3/kq,2,93t,15,36,r 4/lc,34,7p,2,ck,b,q,1,kg,2,\
        3fh,f,ep,3,1,d,1,7,4,1,6,1,3,2,5i,1i,5,5,ek,2,5e,x,309,4,2z,2,14kl,g,g,e,r3,1,6a,1,14sm,3,h,8,2,7,u,4,h45u,\
        6o 5/og,4,1,3,2,4,1,1,4,1,1,1,1,3,1,1,1,k,1,1r,e,g,4yu,5,1e,5,4,5,2c,1,8w,m,2,6,2,12,2,6,2,8,1,1,1,1,1,1,1,\
        v,2,1h,1,f,1,e,2,6,1,j,2,3,1,9,87,1,rb2,1,gyi,27,h,1,155r,1y 6/rm,e,80g,38,5,7 7/sg,3p,2,4p,4ls,9,4i,1,24,1,\
        38n,w,nr4,2o,ham,2 8/10x,12,2,7,1,13,2,1,2,3,1chv,5 9/13l,1j,8,r,5,5,1cfc,q,1,5,1,1,1,2,1,2,1,a a/16o,5,1,6,\
        1,e,3,1,1,w,1,a,b,q,1,30,1,y,28,1c,80,l,1,8,m,e,1,t,1bv4,36,h,a3,i,1s,2,1i,14,e,36,5,1,3r,31f,v,185d,4,1,r,\
        1,2,1,1,2,1,1,a,1,4,1,1,1,1,6,1,4,1,1,1,1,1,1,3,1,2,1,1,2,1,1,1,1,1,1,1,1,1,1,2,1,1,2,4,1,7,1,4,1,4,1,1,1,a,\
        1,h,5,3,1,5,1,h,1g,2 b/1ds,e,1,1o,2,3 c/1hc,1e d/1j4,1n e/1kw,1a,2,f f/1mo,s,2,1 g/1s0,29,2,h,2,q,vhc,u \
        h/1vk,4,1,8,2,2,2,m,1,7,1,1,3,4,2,9,2,2,2,4,8,1,4,2,1,5,2,m i/1z5,3,1,6,4,2,2,m,1,7,1,2,1,2,1,2,2,1,1,5,4,2,\
        2,3,3,1,7,4,1,1,7,g j/22p,3,1,9,1,3,1,m,1,7,1,2,1,5,2,a,1,3,1,3,2,1,f,4,2,c,7,1 k/269,3,1,8,2,2,2,m,1,7,1,2,\
        1,5,2,9,2,2,2,3,8,2,4,2,1,5,2,i l/29u,2,1,6,3,3,1,4,3,2,1,1,1,2,3,2,3,3,3,c,4,5,3,3,1,4,2,1,6,1,e,l m/2dc,4,\
        1,8,1,3,1,n,1,g,3,8,1,3,1,4,7,2,1,3,5,4,2,a,8,8 n/2gw,4,1,8,1,3,1,n,1,a,1,5,2,9,1,3,1,4,7,2,7,1,1,4,2,a,1,2 \
        o/2kh,3,1,8,1,3,1,15,2,8,1,3,1,6,4,g,2,q p/2o2,2,1,i,3,o,1,9,1,1,2,7,3,1,4,6,1,1,1,8,6,a,2,3,1fcc,k q/2rl,\
        1m,5,s r/2v5,2,1,1,2,2,1,1,2,1,6,4,1,7,1,3,1,1,1,1,2,2,1,d,1,3,2,5,1,1,1,6,2,a,2,4 s/2yo,20,1,10,4,13,1,10,\
        1,f,1,7,4,2 t/35s,4g,u9s,v,2p,w u/3a8,12,1,1,5,1,2,17,1,4,5j4,12,1,1,5,1 v/3cw,74,5ym,2,75,2m,35,v,1t,v,nhd,\
        t,hv,8mc,c,n,4,1d,7tw,v,3,6,2,6,2,6,2,3 w/3k0,21,1,4,2,7,1,1,1,4,2,15,1,4,2,x,1,4,2,7,1,1,1,4,2,f,1,1l,1,4,\
        2,1v,2,w,3,q,546,n,9,7,1,7,1,7,1,7,1,7,1,7,1,7,1,7,opu,6,2,6,2,6,9,7,1,7 x/3vk,2e,2,6,twy,28 y/3y8,hs,fk,1y \
        z/4g0,t 10/4gw,23,3,b 11/4jk,d,1,7 12/4kg,l 13/4lc,k 14/4m8,d,1,3,1,2 15/4n4,2m,2,a,6,a,di,w 16/4qo,2,2,1,1,\
        9,1,a,6,2g,8,17,1e45,d 17/4xs,v,1,c,4,c,4,1,3,c 18/500,u,2,5 19/51c,18,4,q,6,b,3,2 1a/54w,s,2,2 1b/55s,1r,1,\
        t,2,b,6,a,6,e 1c/5c0,24,4,19 1d/5fk,1s,74,8 1e/5hc,1g,8,4 1f/5j4,1k,3,f,3,3 1g/5lc,1c 1h/7wg,74 1i/8ow,1b,1,\
        1b,2e1t,7,1,h,2,7,1,2,1,5 1j/8xc,1k,7,2,e,1 1k/96o,q,1,2h,c,5y,1b,1,1,1,p,9,e,4,5,2e,6,3,1,2i,1,4,6o,g,5s,\
        1b,1,2g,4o,52u,22,g5y,hm2,a6,2,2y,wc,a,1,19,yua,2,d1a,1,2rj,wyf,15,379,b,66,2,4g2,866,f2 1l/vls,wd,3,1j \
        1m/wk0,1c 1n/wlc,8c 1o/www,2g,124o,ft 1p/x6o,18 1q/x8g,1k 1r/xa8,1y,8,c 1s/xds,1a,1,1 1t/xf4,10,b,1 1u/xhc,\
        26,2,a,4,2 1v/xkw,1j,9,e,2,a,2,4 1w/xog,1v,o,5 1x/xr4,n,5l,1a,2,a 1y/1ekg,c,1,q,1,j,1,2,1,f,2,e,y,3f \
        1z/1f28,t 20/1f34,1d 21/1f5s,10 22/1f74,r 23/1f80,17 24/1f9c,u,1,1 25/1fa8,10,4,e 26/1fcw,28 27/1ff4,1c \
        28/1fgg,u,2,a 29/1fhs,10,4,10 2a/1fk0,14 2b/1flc,1g,b,1 2c/1fr4,8n,9,m,a,8 2d/1g5c,6,2,1,1,18,1,2,3,1,2,1 \
        2e/1g74,m,1,9 2f/1g80,w 2g/1g8w,v,8,9 2h/1gbk,j,1,2,5,5 2i/1gcg,s,3,1 2j/1gdc,q,5,1 2k/1gg0,w 2l/1ggw,o,4,k,\
        2,1a 2m/1gjk,4,1,2,5,8,1,3,1,r,4,3,4,9,8,9 2n/1gm8,w 2o/1gn4,w 2p/1gow,13,4,c 2q/1gqo,1i,3,7 2r/1gsg,m,2,8 \
        2s/1gtc,j,5,8 2t/1gu8,i,7,4,c,7 2u/1gxs,21 2v/1h1c,1f,d,1f,7,6 2w/1hq8,26,4,u,f,1 2x/1hts,1u 2y/1hw0,p,7,a \
        2z/1hxc,1h,1,e 30/1hzk,13 31/1i0w,26,2,g 32/1i4g,i,1,18 33/1i80,7,1,1,1,4,1,f,1,b 34/1i9c,1n,5,a 35/1ibk,4,\
        1,8,2,2,2,m,1,7,1,2,1,5,2,9,2,2,2,3,2,1,6,1,5,7,2,7,3,5 36/1iio,2i,1,1,1,1 37/1im8,20,8,a 38/1itc,1i,2,12 \
        39/1iww,1x,b,a 3a/1j0g,1k,8,a 3b/1j40,q,3,f,4,g 3c/1jfk,2b,c,1 3d/1juo,1l 3e/1k3k,9,1,19,1,e,a,t 3f/1k6o,w,\
        2,m,1,e 3g/1kw0,pm,2u,33,1,5,b,5g 3h/1o1s,tr 3i/1s00,g7 3j/1zk0,v,1,a,4,2 3k/1zo0,u,2,6 3l/1zpc,1y,a,a,1,7,\
        1,l,5,j 3m/20hs,1x,b,1b,g,h 3n/20o0,1,v,4q5,j,kz 3o/2fpc,2z,5,d,3,9,7,a,2,4 3p/2l8g,i4,f,5,1,f 3q/2oe8,5h,2,\
        g 3r/2olc,23,5,a,4,2
        """
}
