extension DemoTopic {
    static let billing = DemoTopic(
        label: "billing",
        statements: [
            "you charged me {amount} twice for the {item}",
            "the invoice for my {item} shows {amount} instead of the price on the page",
            "my bank says that {amount} was taken on {day} for an order I never placed",
            "the discount code was accepted but the total stayed at {amount}",
            "I paid {amount} by card and still got a reminder that the {item} is unpaid",
            "I need a receipt with the tax number for the {item}",
            "the price of the {item} went up by {amount} between the basket and the checkout",
            "my card is declined whenever I try to pay {amount} for the {item}",
            "a late fee of {amount} stands on my bill although I paid in {month}",
            "the gift card for {amount} was not taken off the total",
            "the payment page shows {amount} in the wrong currency",
            "the shipping costs of {amount} were charged although the {item} was advertised as free of them",
            "I should like to pay for the {item} in instalments of {amount}",
            "the invoice is made out to {person} and my company needs its own name on it",
            "you debited {amount} before I had confirmed anything",
            "the sum of {amount} on the statement matches none of my purchases",
        ],
        allIsWell: [
            "the payment of {amount} went through at once", "the invoice for the {item} is correct",
            "I was charged the right price", "the receipt came by email on {day}",
            "my card was accepted without trouble",
            "the discount was taken off as promised",
        ],
        matters: [
            "the invoice", "the charge of {amount} on my card", "a missing receipt", "the price of the {item}",
            "a payment that was declined", "the discount code",
        ])

    static let delivery = DemoTopic(
        label: "delivery",
        statements: [
            "the {item} should have arrived on {day} and nobody has seen it",
            "the courier left a card saying that I was out when I was at home all day",
            "the tracking page has said that the parcel is in {place} for {days}",
            "my parcel was handed to {person} and not to me",
            "the driver left the {item} in the rain in front of the door",
            "I want to change the address for the {item} before it leaves your warehouse",
            "the order has been waiting at the depot in {place} since {day}",
            "only one of the two boxes with the {item} has come",
            "the tracking number that you sent on {day} does not exist",
            "I need to know whether the {item} can reach {place} before {day}",
            "the parcel went back to your warehouse because the street number was missing on the label",
            "nobody rang the bell and the driver marked the {item} as handed over",
            "my order has been on its way for {days} and the date keeps moving",
            "I ordered express and the {item} still has not left {place}",
            "the van drove past our house twice and took the {item} away again",
            "it has been {days} since you shipped the {item} and the postman shrugs",
        ],
        allIsWell: [
            "the parcel arrived a day early", "the {item} was delivered on {day} as agreed", "the courier was friendly",
            "the tracking worked well", "the box reached {place} in one piece", "shipping took only {days}",
        ],
        matters: [
            "a late parcel", "the tracking number", "the courier", "the delivery of the {item}",
            "the parcel to {place}",
            "the shipping address",
        ])

    static let returns = DemoTopic(
        label: "returns",
        statements: [
            "I want to send the {item} back because it is the wrong size",
            "I need a label to post the {item} back to you",
            "I changed my mind about the {item} and would like my money back",
            "you sent a {item} in green when I ordered blue and I should like to swap it",
            "I sent the {item} back {days} ago and the refund of {amount} has not come",
            "I want to exchange the {item} for the larger model",
            "I would like to know how many days I have to bring the {item} back",
            "the shop in {place} refused to take the {item} back without its box",
            "the refund for the {item} is {amount} short because you kept the shipping costs",
            "{person} already has this {item} and I would like to give mine back",
            "I posted the unopened {item} to your address in {place} and you say that it never came back",
            "the form for sending the {item} back asks for a reason that is not on its list",
            "the {item} does not fit our kitchen and I would rather have a voucher",
            "I was promised a refund of {amount} for the {item} in {month} and I am still waiting",
            "I no longer need the {item} and wonder whether you would take it off my hands again",
            "the {item} looks nothing like the picture and I do not want to keep it",
        ],
        allIsWell: [
            "I do not want to return the {item}", "the refund of {amount} for the other order came quickly",
            "I am happy to keep the {item}", "the exchange in {month} went well", "I do not want my money back",
            "sending the first one back was easy",
        ],
        matters: [
            "a refund", "returning the {item}", "an exchange", "the label for sending things back",
            "the refund of {amount}", "your terms for returns",
        ])
}
