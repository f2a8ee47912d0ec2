/// The words that fill slots, and the phrases around a message's statement.
enum DemoVocabulary {
    /// So many entries at each list's end appear in held-out messages only.
    static let heldOutWords = 3

    static let words: [String: [String]] = [
        "item": [
            "kettle", "desk lamp", "headphones", "tablet", "blender", "rucksack", "office chair", "coffee grinder",
            "bicycle light", "tent", "keyboard", "air purifier", "sewing machine", "camera", "watch", "drill",
            "mattress",
            "radio", "scooter", "toaster", "printer", "vacuum cleaner", "guitar", "bookshelf", "microscope",
            "projector",
        ],
        "place": [
            "Leeds", "Bergen", "Porto", "Graz", "Ghent", "Cork", "Turin", "Lyon", "Malmo", "Basel", "Krakow", "Tartu",
            "Split", "Utrecht", "Seville",
        ],
        "month": [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ],
        "day": ["Monday", "Tuesday", "Thursday", "Friday", "Saturday", "Wednesday", "Sunday", "yesterday"],
        "person": [
            "my sister", "my neighbour", "my husband", "my colleague", "my son", "a friend", "my wife", "my flatmate",
            "my daughter", "my mother",
        ],
        "device": ["phone", "laptop", "old computer", "tablet", "work computer", "browser", "television", "desktop"],
    ]

    static let openers = [
        "Hello,", "Good morning,", "Hi there,", "Dear team,", "Excuse me,", "Sorry to trouble you again,",
        "I hope that somebody can help me:", "Quick question, because", "To whom it may concern:", "Help please,",
        "I have been a customer since {month} and", "About my order {order}:", "I am writing from {place}, and",
        "Regarding the {item} that I bought in {month}:",
    ]

    static let closers = [
        "What should I do next?", "Could you look into it?", "My order number is {order}.", "Please answer by email.",
        "I would like to have this settled by {day}.", "Thank you for your help.",
        "I have asked {person} and it is true.",
        "You can reach me in {place} on weekdays.", "This is the second time in {days}.", "I am rather annoyed.",
        "The order was for {person}.", "I bought it with {person} in {month}.", "Is there anything I can try?",
    ]
}
