// Damaged elements of lists.

extension [UInt8] {
    mutating func damaged(_ object: SimulatedObject, as form: ObjectFormat, _ kind: ElementDamage.Kind) {
        switch kind {
        case .elementNotObject:
            raw(["null", "17", "\"volume\"", "[]", "true"][Int(object.nameSerial % 5)])
        case .unlimitedDash, .tagsNull, .tagsAbsent, .tagsEmptyValue, .tagsNumber, .tagsBool:
            intact(object.changed(by: kind), as: form, tagsAs: kind)
        case .numbersAsStrings:
            string("{\"name\":", object.name)
            string(",\"globalId\":", object.globalID)
            raw(",\"size\":\"\(object.size)\",\"creationTimestamp\":\"\(object.created)\"")
            rest(object, as: form)
        case .wrongTypes:
            raw("{\"name\":17,\"globalId\":[\"")
            raw(object.globalID)
            raw("\"],\"size\":{\"bytes\":-1},\"creationTimestamp\":true")
            rest(object, as: form)
        case .missingFields:
            // Depending on the serial, the name, the id or the size is missing, or the object is empty.
            append(UInt8(ascii: "{"))
            let left = object.nameSerial % 4
            if left != 3 {
                raw("\"creationTimestamp\":\(object.created)")
                if left != 0 { raw(",\"name\":\"\(object.name)\"") }
                if left != 1 { raw(",\"globalId\":\"\(object.globalID)\"") }
                if left != 2 { raw(",\"size\":\(object.size)") }
                tags(object)
            }
            append(UInt8(ascii: "}"))
        case .duplicateKeys:
            raw("{\"name\":\"first\",\"size\":512,\"globalId\":\"a.b.first\",")
            if object.tags != nil { raw("\"tags\":{\"virt\":\"first\"},") }
            intactMembers(object, as: form)
        case .unknownFields:
            raw("{\"newInThisVersion\":{\"a\":[1,-2.5e3,true,null,{\"b\":\"\\u0041\\ud83d\\ude00\\n\"}]},")
            raw("\"\":\"\",\"tags2\":{\"virt\":\"no\"},")
            intactMembers(object, as: form)
        }
    }

    /// Appends the intact element without its opening brace.
    private mutating func intactMembers(_ object: SimulatedObject, as form: ObjectFormat) {
        var whole: [UInt8] = []
        whole.intact(object, as: form)
        append(contentsOf: whole.dropFirst())
    }

    /// Appends the members after the creation time and the closing brace.
    private mutating func rest(_ object: SimulatedObject, as form: ObjectFormat) {
        internals(object)
        if object.isSnapshot { snapshotFields(object) }
        extras(object, as: form)
        tags(object)
        append(UInt8(ascii: "}"))
    }

    private mutating func intact(_ object: SimulatedObject, as form: ObjectFormat, tagsAs kind: ElementDamage.Kind) {
        membersBeforeTags(object, as: form)
        switch kind {
        case .tagsNull: raw(",\"tags\":null")
        case .tagsAbsent: break
        case .tagsEmptyValue, .tagsNumber, .tagsBool: equivalentTags(object.tags ?? SimulatedTags(), kind)
        default: tags(object)
        }
        append(UInt8(ascii: "}"))
    }

    /// Appends tags with numbers, booleans or empty values. A reader must treat them like the original tags.
    private mutating func equivalentTags(_ tags: SimulatedTags, _ kind: ElementDamage.Kind) {
        raw(",\"tags\":{")
        var isFirst = true
        func key(_ key: String, into bytes: inout [UInt8]) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.string(key)
            bytes.append(UInt8(ascii: ":"))
        }
        for (name, value) in tags.pairs {
            key(name, into: &self)
            switch kind {
            case .tagsNumber where UInt64(value).map(String.init) == value: raw(value)
            case .tagsBool where name == "pve-base" && value == "1": boolean(true)
            case .tagsBool where name == "pve-base" && value == "0": boolean(false)
            default: string(value)
            }
        }
        if kind == .tagsEmptyValue {
            for (name, value) in [("pve-snap", tags.snapshot), ("pve-snap-v", tags.parent), ("pve-base", tags.base)]
            where value == nil {
                key(name, into: &self)
                raw("\"\"")
            }
        }
        append(UInt8(ascii: "}"))
    }
}

extension SimulatedObject {
    fileprivate func changed(by kind: ElementDamage.Kind) -> SimulatedObject {
        guard kind == .unlimitedDash else { return self }
        var copy = self
        copy.bandwidth = 0
        copy.operations = 0
        return copy
    }
}
