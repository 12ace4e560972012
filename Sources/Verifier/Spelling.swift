extension String {
    /// Whether it has the same bytes. Swift's `==` asks whether Unicode calls both the same, as it
    /// does `K` and the Kelvin sign; what was hashed and signed is bytes.
    func isSpelled(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
