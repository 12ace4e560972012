extension Stylesheet {
    /// Forms of filters, and what is said of a list.
    static let lists = """
        .filter{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:flex-end;
        background:var(--panel);border-radius:.4rem;padding:.75rem;margin:1rem 0}
        .filter div{display:flex;flex-direction:column;gap:.15rem;min-width:0}
        .filter div:last-child{flex-direction:row;align-items:center;gap:.75rem}
        .filter label{font-size:.9rem;color:var(--soft)}
        .filter input{width:auto;max-width:100%}
        select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);
        border-radius:.3rem;padding:.35rem .5rem;min-height:2.5rem;max-width:100%}
        .count{margin:.75rem 0 0;font-weight:600}
        .empty{padding:1.5rem 0;font-size:1.1rem}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));
        gap:0 2rem;align-items:start}
        .plots section{min-width:0}
        svg.small{min-width:0;max-width:36rem}
        svg .issued{fill:var(--c0)}svg .used{fill:var(--spent)}svg .left{fill:var(--wait)}
        .key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;padding:0;
        list-style:none}
        .key svg{display:inline-block;width:.8rem;min-width:0;height:.8rem;margin-inline-end:.4rem}

        """
}
